"""What proves that somebody holds the licence that they state: a wallet's mobile licence, or an operator who looked."""
