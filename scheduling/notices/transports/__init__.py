"""The ways out: SMTP for e-mail, Kannel and Twilio-shaped gateways for SMS."""
