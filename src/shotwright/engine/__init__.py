"""Durable workflows: film, takes, cut. The only room that knows the others, and the workflow library."""
