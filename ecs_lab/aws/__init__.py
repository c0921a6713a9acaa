"""Binds the engine to moto: the one layer that knows moto. `World` is one simulated AWS account."""
