"""What people see and press. It is given the hall through a port and never imports it."""
