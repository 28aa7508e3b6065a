"""House rules, one a file, as cfn-lint rules; cfn-lint loads this directory."""
