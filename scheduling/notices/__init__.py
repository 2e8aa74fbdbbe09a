"""E-mail and SMS: texts, iCalendar, transports and the retrying outbox turn."""
