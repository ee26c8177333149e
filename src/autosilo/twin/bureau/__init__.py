"""A credit bureau that answers one question: is this person's score over a threshold?"""
