//! Pure types and rules of the marketplace; state machines as tables.
