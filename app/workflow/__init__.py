"""What the clinic does, one verb family per module; every act is authorised and audited here."""
