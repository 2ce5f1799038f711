"""Proof by exploration: everything that can happen to a dialogue, up to a depth, over the real store.

Nothing of the engine is modelled: turns are decided by `engine.runtime.deciding`, attempts end by
`engine.runtime.endings`, and rows are kept by the store that serves. Only the outside is played: clients,
the salon's journal, the channel, time, and a process that may die at any moment.
"""
