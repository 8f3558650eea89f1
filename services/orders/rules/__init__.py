"""Pure decisions about orders: prices, parcels, states, refunds."""
