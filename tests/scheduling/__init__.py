"""Claims about booking: free time, appointments and the notices about them."""
