"""Messages that are no question about a procedure: a greeting, a thank-you, "gặp cán bộ"."""

from enum import StrEnum


class Intent(StrEnum):
    """What a message without a question wants."""

    GREETING = "greeting"
    OPENING = "opening"  # announces a question and does not ask it yet: "em muốn hỏi cái này"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    OFFICER = "officer"
    STATUS = "status"
    HOURS = "hours"
    COMPLAINT = "complaint"
    DISTRESS = "distress"  # somebody who does not want to live on: a person must answer, kindly
    WHO_ARE_YOU = "who_are_you"
    YES = "yes"
    NO = "no"
