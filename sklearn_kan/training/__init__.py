"""From scaled rows to a trained network; no estimator is known here.

Rooms, each of which knows only those before it: report and objective; initial; summaries; descent
and coordinates; evidence; given; candidates; choice; pruning.
"""
