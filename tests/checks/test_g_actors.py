"""G. Who did it, from where and when: never what a client says of itself, and never somebody else's."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test import Client

from accounts.models import Account, User
from accounts.setup import add_member
from activity.actors import Actor
from activity.models import Entry
from activity.recording import current, recording
from tests.conftest import TESTS
from tests.entries import last_entry
from tests.programs import Program, key
from tracked_objects.models import Tag

CLIENTS, EACH = 8, 15


@pytest.mark.parametrize(
    "header", ["x-forwarded-for", "forwarded", "x-real-ip", "client-ip", "true-client-ip", "cf-connecting-ip"]
)
@pytest.mark.parametrize("value", ["6.6.6.6", "for=6.6.6.6", "::1%eth0", "x" * 10_000, "\x00", "6.6.6.6, 7.7.7.7"])
def test_g1_an_address_that_a_client_claims_is_ignored(
    header: str, value: str, account: Account, account_admin: User, client: Client
) -> None:
    client.post("/accounts/login/", {"login": account_admin.email, "password": "wrong"}, headers={header: value})
    last_entry(account, type="USER_LOGIN", action="FAIL", ip_address="127.0.0.1")


@pytest.mark.django_db(transaction=True)
def test_g2_threads_that_serve_one_after_the_other_mix_nobody_up(account: Account, client_of: Any) -> None:
    """Few threads, many people: each thread serves them in turn, as the server does."""
    with recording(TESTS):
        people = [add_member(account, f"p{n}@acme.example", "SEI Admin") for n in range(CLIENTS)]
    clients = {person.email: client_of(person) for person in people}

    def work(number: int) -> None:
        email = people[number % CLIENTS].email
        try:
            sent = {"full_name": f"By {email}", "email": f"d{number}@acme.example"}
            assert clients[email].post("/a/acme/developers/new/", sent).status_code == 302
            assert current() is None
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(CLIENTS * EACH)))
    made = Entry.objects.filter(type="DEVELOPER", action="CREATED")
    assert made.count() == CLIENTS * EACH
    assert [entry for entry in made if entry.object_name != f"By {entry.actor_email}"] == []
    assert len(set(made.values_list("request_id", flat=True))) == CLIENTS * EACH


@pytest.mark.django_db(transaction=True)
def test_g2_nor_do_coroutines(account: Account) -> None:
    async def work(number: int) -> None:
        await sync_to_async(change)(number)
        assert current() is None

    def change(number: int) -> None:
        assert current() is None
        with recording(Actor.system(f"job {number}")):
            Tag.objects.create(account=account, name=f"tag of job {number}")
        connection.close()

    async def together() -> None:
        await asyncio.gather(*(work(number) for number in range(20)))

    asyncio.run(together())
    made = Entry.objects.filter(type="TAG")
    assert sorted(entry.object_name for entry in made) == sorted(f"tag of {entry.actor_name}" for entry in made)
    assert made.count() == 20


def test_g2_a_new_thread_inherits_no_recording(account: Account) -> None:
    found: list[Any] = []
    with recording(TESTS):
        thread = threading.Thread(target=lambda: found.append(current()))
        thread.start()
        thread.join()
    assert found == [None]


def test_g2_after_an_error_nobody_is_left_behind(account: Account) -> None:
    with pytest.raises(RuntimeError), recording(Actor.system("first")):
        raise RuntimeError
    assert current() is None


def test_g2_a_member_a_key_and_a_command_are_told_apart(account: Account, account_admin: User, client_of: Any) -> None:
    client_of(account_admin).post("/a/acme/developers/new/", {"full_name": "A", "email": "a@acme.example"})
    last_entry(account, actor_kind="user", actor_id=str(account_admin.pk), source="UI")
    made = key(account_admin)
    Program(made).send({"type": "DASHBOARD", "action": "EDITED"})
    last_entry(account, actor_kind="api_key", actor_id=str(made.pk), actor_email=account_admin.email, source="INGEST")
    with recording(Actor.system("nightly"), source="COMMAND"):
        Tag.objects.create(account=account, name="n")
    last_entry(account, actor_kind="system", actor_id="", actor_name="nightly", source="COMMAND")
