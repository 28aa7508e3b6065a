"""What CloudFormation insists on and the emulator's stack engine does not."""
