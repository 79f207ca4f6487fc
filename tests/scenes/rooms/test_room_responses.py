import numpy as np
import pytest

from clarity_lab.scenes.rooms.room_responses import RoomResponses

RATE = 44_100


def test_responses_of_different_orders_are_refused():
    with pytest.raises(ValueError, match=r"one order, got orders \[1, 6\]"):
        RoomResponses(np.ones((49, 3)), (np.ones((4, 3)),), RATE)
