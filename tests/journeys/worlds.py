"""What is in a shop before a journey begins. Each world is a function on an opened, migrated, otherwise empty shop.

Run in a process of its own (`python -m tests.journeys.worlds staffed`, DATA_DIR in the environment), because the
journeys' process never opens a database.
"""

import sys

from services import identity
from services.core import startup
from services.core.permissions import ROLE_PRESETS, SYSTEM
from services.core.settings import Settings, load_settings

PASSWORD = "correct horse 电池 staple"


def empty(settings: Settings) -> None:
    """Nobody and nothing: the first visit is the set-up."""


def staffed(settings: Settings) -> None:
    """One person for each preset role, whose login is the role's code."""
    for role in ROLE_PRESETS:
        person = identity.NewStaff(
            login=role, name=role.title(), password=PASSWORD, roles=(role,), must_change_password=False
        )
        identity.add_staff(person, settings.bcrypt_cost, SYSTEM)


def main(name: str) -> None:
    """Build a world in the data folder of the environment."""
    settings = load_settings()
    startup.open_data(settings)
    identity.ensure_presets()
    globals()[name](settings)
    startup.mark_started()
    startup.close_data()


if __name__ == "__main__":
    main(sys.argv[1])
