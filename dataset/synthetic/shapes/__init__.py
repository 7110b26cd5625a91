"""Drawn products, each with the edges along which its dimensions can be measured."""
