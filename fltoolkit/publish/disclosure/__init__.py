"""Statistical disclosure control: hides cells so that no small count can be calculated from the others."""
