"""Looking ahead from a day of the record, and asking what if: ten thousand futures with stated odds.

Scenario exploration, not prediction.
"""
