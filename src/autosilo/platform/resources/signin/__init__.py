"""Ways to sign in beside e-mail and password: passkeys, a marketplace's login, a code by text message."""
