"""What hidden chains are: how they are played, whose turn it is. Nothing here looks anything up or writes it down."""
