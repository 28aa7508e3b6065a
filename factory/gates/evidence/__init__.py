"""What templates are evidence of: controls, the rules that stand for them, and the resources that keep the rules."""
