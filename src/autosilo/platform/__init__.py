"""The platform owns intent: who may drive which car, when, and on what terms."""
