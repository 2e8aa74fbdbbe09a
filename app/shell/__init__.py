"""The window, its navigation, the sign-in curtain, the status strip and the crash card."""
