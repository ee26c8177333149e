"""Names of the jobs that flow itself asks for; those of the steps stand beside what they do."""

SWEEP = "autosilo.sweep"
GIVE_UP_PAYMENT = "autosilo.give_up_payment"
