"""Accounts: register, sign in, look up, edit."""

import re
from collections.abc import Mapping, Sequence

import msgspec

from roost import limits
from roost.errors import Conflict, FieldProblem, Forbidden, Invalid, NotFound
from roost.ids import ID_MAX
from roost.ingest import clean_text, is_language
from roost.media import SentFile
from roost.model import (
    GOOD_STANDING,
    Credentials,
    ProfileField,
    Role,
    Standing,
    User,
    UserCreated,
    UserUpdated,
)
from roost.service.local.access import LocalAccess, barred_text
from roost.service.local.guesses import Guesses
from roost.service.local.kit import Kit
from roost.service.local.media import LocalMedia, remove_later
from roost.service.local.passwords import Passwords
from roost.service.views import ProfileChange, Registration, UserView
from roost.store import Batch, claim_names, rows, tables

_USERNAME = re.compile(r"[A-Za-z0-9_]+\Z")
_EMAIL = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+\Z")
_BLANK = FieldProblem("ERR_BLANK", "can't be blank")
_TAKEN = FieldProblem("ERR_TAKEN", "has already been taken")

_NO_PICTURES: Mapping[str, SentFile] = {}

Problems = dict[str, tuple[FieldProblem, ...]]


class LocalAccounts:
    def __init__(self, kit: Kit, access: LocalAccess, media: LocalMedia) -> None:
        self._kit = kit
        self._media = media
        self._access = access
        self._passwords = Passwords()
        self._guesses = Guesses(kit.clock)

    async def register(self, registration: Registration, needs_sign_in: bool = True) -> UserView:
        """Make an account. `needs_sign_in` asks for an e-mail address and a password.

        Raises Invalid, with a problem for each field that has one.
        """
        problems = _registration_problems(registration, needs_sign_in)
        if problems:
            raise _validation_failed(problems)
        kit = self._kit
        waits = needs_sign_in and kit.settings.registration_approval
        user = User(
            user_id=registration.user_id or kit.ids.next_id(),
            username=registration.username,
            created_ms=kit.clock.now_ms(),
            display_name=clean_text(registration.display_name),
            note=clean_text(registration.note),
            protected=registration.protected,
            approves_follows=registration.approves_follows,
            bot=registration.bot,
            role=registration.role,
            standing=Standing(pending=True) if waits else GOOD_STANDING,
        )
        batch = Batch()
        claim_names(user, batch)
        if registration.email:
            email = rows.EmailRow(registration.email.lower(), user.user_id)
            batch.put_if_absent(tables.EMAILS, email, "email")
        if registration.email or registration.password:
            password_hash = await self._passwords.hash(registration.password) if registration.password else ""
            batch.put(tables.CREDENTIALS, Credentials(user.user_id, registration.email, password_hash))
        try:
            position = await kit.committer.commit([UserCreated(user)], batch)
        except Conflict as cause:
            field = "email" if cause.text == "email" else "username"
            raise _validation_failed({field: (_TAKEN,)}) from cause
        await kit.positions.settle(user.user_id, position)
        return kit.hydration.user_views([user])[0]

    async def sign_in(self, login: str, password: str, address: str = "") -> User | None:
        """The user whose username or e-mail address and password these are, else None; 40 ms either way.

        `address` is where the caller is. Raises RateLimited after some wrong passwords, and Forbidden, with
        the reason, where the password is right and the account may not be used.
        """
        user_id = await self._id_of(login)
        self._guesses.check(user_id, address)
        credentials = await self._kit.store.get(tables.CREDENTIALS, (user_id,)) if user_id else None
        if not await self._matches(credentials, password):
            self._guesses.wrong(user_id, address)
            return None
        self._guesses.right(user_id, address)
        user = await self._kit.users.get(user_id)
        if user is not None and user.is_barred:
            raise Forbidden(barred_text(user))
        return user

    async def change_password(self, user_id: int, current: str, new: str, keep: bytes = b"") -> None:
        """Set a password, and end the user's sessions but the one whose token has the hash `keep`.

        Raises Forbidden where `current` is not the password, RateLimited, and Invalid.
        """
        problems = _password_problems(new)
        if problems:
            raise _validation_failed(problems)
        await self.confirm(user_id, current)
        credentials = await self._kit.store.get(tables.CREDENTIALS, (user_id,))
        assert credentials is not None
        batch = Batch()
        password_hash = await self._passwords.hash(new)
        batch.put(tables.CREDENTIALS, msgspec.structs.replace(credentials, password_hash=password_hash))
        await self._kit.store.write(batch)
        await self._access.end_sessions(user_id, keep)

    async def confirm(self, user_id: int, password: str) -> None:
        """Raises Forbidden where this is not the user's password, and RateLimited."""
        self._guesses.check(user_id, "")
        if not await self._matches(await self._kit.store.get(tables.CREDENTIALS, (user_id,)), password):
            self._guesses.wrong(user_id, "")
            raise Forbidden("The password is not right")

    async def give_role(self, user_id: int, role: Role) -> UserView:
        """Raises NotFound."""
        async with self._kit.locks.hold("user", user_id):
            edited = msgspec.structs.replace(await self.user(user_id), role=role)
            position = await self._kit.committer.commit([UserUpdated(edited)])
        await self._kit.positions.settle(user_id, position)
        return self._kit.hydration.user_views([edited])[0]

    async def email(self, user_id: int) -> str:
        """The address that a user signs in with; empty for none. For the user and for moderators only."""
        credentials = await self._kit.store.get(tables.CREDENTIALS, (user_id,))
        return credentials.email if credentials is not None else ""

    async def _id_of(self, login: str) -> int:
        """Whose username or e-mail address this is; 0 for nobody's."""
        key = login.strip().lower()
        found: rows.EmailRow | rows.UsernameRow | None = None
        if "@" in key and len(key) <= limits.EMAIL_CHARACTERS_MAX:
            found = await self._kit.store.get(tables.EMAILS, (key,))
        elif len(key) <= limits.USERNAME_CHARACTERS_MAX:
            found = await self._kit.store.get(tables.USERNAMES, (key,))
        return found.user_id if found is not None else 0

    async def _matches(self, credentials: Credentials | None, password: str) -> bool:
        stored = credentials.password_hash if credentials else ""
        return await self._passwords.verify(
            stored, password if len(password) <= limits.PASSWORD_CHARACTERS_MAX else ""
        )

    async def user(self, user_id: int) -> User:
        """The bare profile. Raises NotFound."""
        user = await self._kit.users.get(user_id) if 0 < user_id <= ID_MAX else None
        if user is None or user.standing.deleted or user.standing.pending:
            raise NotFound("Record not found")
        return user

    async def by_id(self, user_id: int) -> UserView:
        """Raises NotFound."""
        return self._kit.hydration.user_views([await self.user(user_id)])[0]

    async def by_ids(self, user_ids: Sequence[int]) -> list[UserView]:
        """Those that exist, in order."""
        return [view for view in await self._kit.hydration.users(user_ids) if view is not None]

    async def by_name(self, username: str) -> UserView:
        """Without regard to case. Raises NotFound."""
        if not _USERNAME.match(username) or len(username) > limits.USERNAME_CHARACTERS_MAX:
            raise NotFound("Record not found")
        name = await self._kit.store.get(tables.USERNAMES, (username.lower(),))
        return await self.by_id(name.user_id if name else 0)

    async def edit(
        self, user_id: int, change: ProfileChange, pictures: Mapping[str, SentFile] = _NO_PICTURES
    ) -> UserView:
        """Change a profile; `pictures` are a new `avatar` and `header`. Raises Invalid; nothing is changed
        then."""
        problems = _change_problems(change)
        if problems:
            raise _validation_failed(problems)
        made = {name: await self._media.profile_picture(sent, name) for name, sent in pictures.items()}
        async with self._kit.locks.hold("user", user_id):
            user = await self.user(user_id)
            given = {
                name: value for name, value in msgspec.structs.asdict(change).items() if value is not None
            } | made
            for name in ("display_name", "note"):
                if name in given:
                    given[name] = clean_text(given[name])
            if change.fields is not None:
                given["fields"] = tuple(
                    ProfileField(clean_text(name), clean_text(value)) for name, value in change.fields
                )
            if user.approves_follows and "protected" in given:
                given["approves_follows"] = given.pop("protected")  # it stays what it was made, or is open
            edited = msgspec.structs.replace(user, **given)
            position = await self._kit.committer.commit([UserUpdated(edited)], rows_of_pictures(user, edited))
        await self._kit.positions.settle(user_id, position)
        if (user.avatar, user.header) != (edited.avatar, edited.header):
            await self._media.remove_blobs()
        return self._kit.hydration.user_views([edited])[0]

    def close(self) -> None:
        self._passwords.close()


def _registration_problems(registration: Registration, needs_sign_in: bool) -> Problems:
    problems: Problems = {}
    username = registration.username
    if not username:
        problems["username"] = (_BLANK,)
    elif not _USERNAME.match(username):
        problems["username"] = (
            FieldProblem("ERR_INVALID", "must contain only letters, numbers and underscores"),
        )
    elif len(username) > limits.USERNAME_CHARACTERS_MAX:
        problems["username"] = (_too_long(limits.USERNAME_CHARACTERS_MAX),)
    if not 0 <= registration.user_id <= ID_MAX:
        problems["id"] = (FieldProblem("ERR_INVALID", "is not an id"),)
    if needs_sign_in or registration.email:
        problems |= _email_problems(registration.email)
    if needs_sign_in or registration.password:
        problems |= _password_problems(registration.password)
    return problems | _profile_problems(registration.display_name, registration.note)


def _email_problems(email: str) -> Problems:
    if not email:
        return {"email": (_BLANK,)}
    if not _EMAIL.match(email) or len(email) > limits.EMAIL_CHARACTERS_MAX:
        return {"email": (FieldProblem("ERR_INVALID", "is not an e-mail address"),)}
    return {}


def _password_problems(password: str) -> Problems:
    if not password:
        return {"password": (_BLANK,)}
    if len(password) < limits.PASSWORD_CHARACTERS_MIN:
        short = f"is too short (minimum is {limits.PASSWORD_CHARACTERS_MIN} characters)"
        return {"password": (FieldProblem("ERR_TOO_SHORT", short),)}
    if len(password) > limits.PASSWORD_CHARACTERS_MAX:
        return {"password": (_too_long(limits.PASSWORD_CHARACTERS_MAX),)}
    return {}


def rows_of_pictures(before: User, after: User) -> Batch:
    """The rows by which new pictures stay, and those go that they take the place of."""
    batch = Batch()
    for old, new in ((before.avatar, after.avatar), (before.header, after.header)):
        if old != new:
            remove_later([old], batch)
            if new:
                batch.delete(tables.BLOBS_TO_REMOVE, (new,))
    return batch


def _change_problems(change: ProfileChange) -> Problems:
    problems = _profile_problems(change.display_name or "", change.note or "")
    fields = change.fields or ()
    if len(fields) > limits.PROFILE_FIELDS_MAX:
        problems["fields"] = (FieldProblem("ERR_TOO_MANY", f"are more than {limits.PROFILE_FIELDS_MAX}"),)
    longest = max((len(part) for field in fields for part in field), default=0)
    if longest > limits.PROFILE_FIELD_CHARACTERS_MAX:
        problems["fields"] = (_too_long(limits.PROFILE_FIELD_CHARACTERS_MAX),)
    sites = change.attribution_domains or ()
    if len(sites) > limits.ATTRIBUTION_DOMAINS_MAX or any(
        not 0 < len(site) <= limits.URI_CHARACTERS_MAX for site in sites
    ):
        problems["attribution_domains"] = (FieldProblem("ERR_INVALID", "are too many, or too long"),)
    if change.default_language and not is_language(change.default_language):
        problems["language"] = (FieldProblem("ERR_INVALID", "is not a language tag such as en or pt-BR"),)
    for name in ("avatar_description", "header_description"):
        if len(getattr(change, name) or "") > limits.MEDIA_DESCRIPTION_CHARACTERS_MAX:
            problems[name] = (_too_long(limits.MEDIA_DESCRIPTION_CHARACTERS_MAX),)
    return problems


def _profile_problems(display_name: str, note: str) -> Problems:
    problems: Problems = {}
    if len(display_name) > limits.DISPLAY_NAME_CHARACTERS_MAX:
        problems["display_name"] = (_too_long(limits.DISPLAY_NAME_CHARACTERS_MAX),)
    if len(note) > limits.NOTE_CHARACTERS_MAX:
        problems["note"] = (_too_long(limits.NOTE_CHARACTERS_MAX),)
    return problems


def _too_long(characters: int) -> FieldProblem:
    return FieldProblem("ERR_TOO_LONG", f"is too long (maximum is {characters} characters)")


def _validation_failed(problems: Problems) -> Invalid:
    texts = [
        f"{field.replace('_', ' ').capitalize()} {problem.text}"
        for field, found in problems.items()
        for problem in found
    ]
    return Invalid(f"Validation failed: {', '.join(texts)}", problems)
