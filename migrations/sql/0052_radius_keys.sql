-- Several keys at a time: one replaces another while both are good. The server's connection brings
-- them in portal.radius_inner and portal.radius_outer, the newest first and colons between them, and
-- each name comes as its digests by them, in the same order. Keys are counted from 1, and there are
-- two at most: what is by one that is not there is null.

DROP FUNCTION portal_radius.login_in(text, text);
DROP FUNCTION portal_radius.class_tag(text, text);
DROP FUNCTION portal_radius.name_digest(text, text);
DROP FUNCTION portal_radius.find_user(bytea, text, text);
DROP FUNCTION portal_radius.keyed(bytea);
DROP FUNCTION portal_radius.half_of(text, text);

CREATE FUNCTION portal_radius.half_of(setting text, rest text, key integer) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT decode(nullif(split_part(current_setting(setting, true), ':', key), '')
        || repeat(rest, 32), 'hex')
$$;

CREATE FUNCTION portal_radius.keyed(message bytea, key integer) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT sha256(portal_radius.half_of('portal.radius_outer', '5c', key)
        || sha256(portal_radius.half_of('portal.radius_inner', '36', key) || message))
$$;

-- What shows by each key that a login's Class was made by us for this router.
CREATE FUNCTION portal_radius.class_tag(router text, login text, key integer) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT left(encode(portal_radius.keyed(
        portal_radius.bytes('class:' || router || ':' || login), key), 'hex'), 20)
$$;

CREATE FUNCTION portal_radius.class_tags(router text, login text) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT ARRAY[portal_radius.class_tag(router, login, 1),
        portal_radius.class_tag(router, login, 2)]
$$;

-- The login that a Class names, if it was made here. A Class has a tag by each key that its server
-- had, so that another server, which has one of them, knows it.
CREATE FUNCTION portal_radius.login_in(class text, router text) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT left(class, 41)
        WHERE class ~ '^acc_[0-9a-f]{20}\.[0-9a-f]{16}-RTR_[0-9A-F]{8}(-[0-9a-f]{20}){1,2}$'
        AND substring(class from 43 for 12) = router
        AND string_to_array(substring(class from 56), '-')
            && portal_radius.class_tags(router, left(class, 41))
$$;

-- The login that a Class names where this session of it was told of before: its key may be gone.
CREATE FUNCTION portal_radius.login_known(class text, router text, session text) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT login FROM {schema}.radius_session
    WHERE router_id = router AND acct_session_id = left(session, 64) AND login = left(class, 41)
        AND class_tags = substring(class from 56)
$$;

-- What a router's signed name may end with, by each key.
CREATE FUNCTION portal_radius.proof(router text, key integer) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT substring(portal_radius.keyed(
        portal_radius.bytes('router:' || router), key) from 1 for 10)
$$;

CREATE FUNCTION portal_radius.proofs(router text) RETURNS bytea[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT ARRAY[portal_radius.proof(router, 1), portal_radius.proof(router, 2)]
$$;

-- Whose packet it is: the client's name where each router has its own, else the signed name in the
-- realm, else a Class that we made. No address tells it, since many stand behind one; nor does
-- NAS-Identifier, which the router tells to its neighbours and on its pages, as it may its
-- hotspot's name and location: all that others share the secret with could write it.
CREATE OR REPLACE FUNCTION portal_radius.router_of(client text, realm text, class text)
RETURNS {schema}.radius_router LANGUAGE plpgsql STABLE AS $$
DECLARE
    signed text := substring(realm from '^RTR_[0-9A-F]{8}-[0-9a-f]{20}$');
    found_router {schema}.radius_router;
BEGIN
    SELECT * INTO found_router FROM {schema}.radius_router
        WHERE router_id = CASE WHEN client LIKE 'RTR\_%' THEN client
            WHEN signed IS NOT NULL THEN left(signed, 12)
            ELSE substring(class from 'RTR_[0-9A-F]{8}') END;
    IF found_router.router_id = client
        OR right(signed, 20) = left(encode(found_router.proof, 'hex'), 20) THEN
        RETURN found_router;
    ELSIF decode(right(signed, 20), 'hex') = ANY (portal_radius.proofs(found_router.router_id)) THEN
        RETURN found_router;
    ELSIF signed IS NULL AND (
        portal_radius.login_in(class, found_router.router_id) IS NOT NULL
        OR EXISTS (SELECT FROM {schema}.radius_session AS known
            WHERE known.router_id = found_router.router_id AND known.ended_at IS NULL
            AND known.login = left(class, 41)
            AND known.class_tags = substring(class from 56))) THEN
        RETURN found_router;
    END IF;
    RETURN NULL;
END $$;

-- The router, noted with the newer key where it says the name that is signed by that: it was set up
-- anew, and is to be spoken to with that key's secret. It is never put back to an older one.
CREATE FUNCTION portal_radius.heard(router {schema}.radius_router, realm text)
RETURNS {schema}.radius_router LANGUAGE plpgsql AS $$
DECLARE
    signed text := substring(realm from '^RTR_[0-9A-F]{8}-([0-9a-f]{20})$');
    ours bytea[];
BEGIN
    IF router.router_id IS NULL OR signed IS NULL OR signed = encode(router.proof, 'hex') THEN
        RETURN router;
    END IF;
    ours := portal_radius.proofs(router.router_id);
    IF array_position(ours, decode(signed, 'hex')) < array_position(ours, router.proof) THEN
        router.proof := decode(signed, 'hex');
        UPDATE {schema}.radius_router AS known SET proof = router.proof
            WHERE known.router_id = router.router_id;
    END IF;
    RETURN router;
END $$;

-- Whether this connection has the key that the router was last heard with.
CREATE OR REPLACE FUNCTION portal_radius.has_key(router {schema}.radius_router) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN router.router_id IS NULL THEN portal_radius.keyed('', 1) IS NOT NULL
        ELSE coalesce(router.proof = ANY (portal_radius.proofs(router.router_id)), false) END
$$;

CREATE FUNCTION portal_radius.name_digest(company text, name_hashes text, key integer)
RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT portal_radius.keyed(portal_radius.bytes(
        'name:' || company || ':' || split_part(name_hashes, ':', key)), key)
$$;

CREATE FUNCTION portal_radius.name_digests(company text, name_hashes text) RETURNS bytea[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT ARRAY[portal_radius.name_digest(company, name_hashes, 1),
        portal_radius.name_digest(company, name_hashes, 2)]
$$;

-- The site where it was sold comes first: another's code of the same name may be good everywhere.
CREATE FUNCTION portal_radius.find_user(digests bytea[], router text, company text)
RETURNS SETOF {schema}.radius_user LANGUAGE sql STABLE AS $$
    SELECT * FROM {schema}.radius_user
    WHERE name_digest = ANY (digests) AND company_id = company
        AND (router_id = router OR everywhere)
    ORDER BY router_id = router DESC, disabled LIMIT 1
$$;

-- Bytes 1-16 nonce, then the text, then 16 bytes that prove it was sealed for this access.
CREATE OR REPLACE FUNCTION portal_radius.opened(cipher bytea, access text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    size integer := length(cipher) - 32;
    place bytea := portal_radius.bytes(access || ':');
    nonce bytea := substring(cipher from 1 for 16);
    clear bytea := substring(cipher from 17 for size);
    pad bytea := '';
    tag bytea := substring(cipher from 17 + size);
    sealed bytea := portal_radius.bytes('tag:') || place || substring(cipher from 1 for 16 + size);
    found_key integer := CASE
        WHEN tag = substring(portal_radius.keyed(sealed, 1) from 1 for 16) THEN 1
        WHEN tag = substring(portal_radius.keyed(sealed, 2) from 1 for 16) THEN 2 END;
BEGIN
    IF found_key IS NULL THEN
        RETURN NULL;
    END IF;
    FOR block IN 0 .. (size - 1) / 32 LOOP
        pad := pad || portal_radius.keyed(
            portal_radius.bytes('pad:') || place || nonce || int4send(block), found_key);
    END LOOP;
    FOR place_in IN 0 .. size - 1 LOOP
        clear := set_byte(clear, place_in, get_byte(clear, place_in) # get_byte(pad, place_in));
    END LOOP;
    RETURN convert_from(clear, 'UTF8');
END $$;

CREATE OR REPLACE FUNCTION portal_radius.authorize(
    client text, realm text, name_hash text, mac text, interim integer)
RETURNS TABLE (id integer, username text, attribute text, value text, op text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
DECLARE
    router {schema}.radius_router;
    found_user {schema}.radius_user;
    password text;
    seconds bigint;
    octets bigint;
    login text;
BEGIN
    router := portal_radius.heard(portal_radius.router_of(client, realm, NULL), realm);
    -- Without the key nobody can be told from another: silence sends the router to a server that
    -- has it.
    IF NOT portal_radius.has_key(router) THEN
        RETURN QUERY SELECT 0, ''::text, 'Tmp-Integer-0'::text, '1'::text, ':='::text;
        RETURN;
    END IF;
    SELECT * INTO found_user FROM portal_radius.find_user(
        portal_radius.name_digests(router.company_id, name_hash),
        router.router_id, router.company_id);
    found_user := portal_radius.presumed(found_user);
    seconds := portal_radius.seconds_left(found_user);
    octets := found_user.limit_bytes - found_user.used_bytes;
    IF found_user.disabled IS DISTINCT FROM false OR seconds < 1 OR octets < 1
        OR (found_user.everywhere AND found_user.max_devices <= portal_radius.devices_elsewhere(
            found_user.access_id, portal_radius.mac(authorize.mac),
            statement_timestamp() - make_interval(secs => interim))) THEN
        RETURN;
    END IF;
    password := portal_radius.opened(found_user.password_cipher, found_user.access_id);
    IF password IS NULL THEN
        RETURN QUERY SELECT 0, ''::text, 'Tmp-Integer-0'::text, '1'::text, ':='::text;
        RETURN;
    END IF;
    login := found_user.access_id || '.'
        || lpad(to_hex(floor(extract(epoch FROM statement_timestamp()))::bigint), 8, '0')
        || left(replace(gen_random_uuid()::text, '-', ''), 8);
    RETURN QUERY SELECT given.place::integer, ''::text, given.named, given.said, ':='::text
    FROM (VALUES
        (1, 'Cleartext-Password', portal_radius.quoted(password)),
        (2, 'Session-Timeout', seconds::text),
        (3, 'Mikrotik-Total-Limit', (octets & 4294967295)::text),
        (4, 'Mikrotik-Total-Limit-Gigawords', (octets >> 32)::text),
        (5, 'Mikrotik-Rate-Limit', portal_radius.quoted(found_user.rate_limit)),
        (6, 'Port-Limit', found_user.max_devices::text),
        (7, 'Mikrotik-Group', portal_radius.quoted(found_user.profile)),
        (8, 'Class', login || '-' || router.router_id || '-'
            || array_to_string(portal_radius.class_tags(router.router_id, login), '-')),
        (9, 'Acct-Interim-Interval', interim::text),
        -- Have the server ask for portal_radius.granted() in the end.
        (10, 'Tmp-Integer-1', CASE WHEN portal_radius.is_counted(found_user) THEN '1' END)
    ) AS given (place, named, said)
    WHERE given.said IS NOT NULL ORDER BY given.place;
END $$;

-- Which access a session is of: by the login that its Class names, else by its user name. Only the
-- router's own company has a say in it.
CREATE OR REPLACE FUNCTION portal_radius.access_of(
    router {schema}.radius_router, login text, name_hash text) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT coalesce(
        (SELECT id FROM {schema}.access
         WHERE id = split_part(login, '.', 1) AND company_id = router.company_id),
        (SELECT access_id FROM portal_radius.find_user(
            portal_radius.name_digests(router.company_id, name_hash),
            router.router_id, router.company_id)))
$$;

CREATE OR REPLACE FUNCTION portal_radius.account(
    kind text, client text, realm text, source text, name_hash text, class text,
    session text, mac text, address text, seconds text, octets_in text, gigawords_in text,
    octets_out text, gigawords_out text, delay text, cause text)
RETURNS SETOF integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
DECLARE
    now_here timestamptz := statement_timestamp();
    -- How long a packet waited is a span, which no wrong clock of a router's can shift far.
    waited interval := make_interval(secs => least(portal_radius.number(delay), 3600));
    router {schema}.radius_router;
    before {schema}.radius_session;
    after {schema}.radius_session;
    login_named text;
    began timestamptz;
    is_news boolean;
BEGIN
    router := portal_radius.heard(portal_radius.router_of(client, realm, class), realm);
    IF NOT portal_radius.has_key(router) THEN
        RETURN;
    ELSIF router.router_id IS NULL THEN
        RETURN NEXT 0;
        RETURN;
    END IF;
    UPDATE {schema}.radius_router SET heard_at = now_here, heard_from = source
        WHERE router_id = router.router_id AND (heard_at IS NULL OR heard_from IS DISTINCT FROM source
            OR heard_at < now_here - interval '30 seconds');
    IF kind IN ('Accounting-On', 'Accounting-Off') THEN
        UPDATE {schema}.radius_router SET boots = boots + 1 WHERE router_id = router.router_id;
        UPDATE {schema}.radius_session SET ended_at = now_here, ended_because = kind
            WHERE router_id = router.router_id AND ended_at IS NULL
            AND started_at <= now_here - waited;
        RETURN NEXT 1;
        RETURN;
    END IF;
    now_here := now_here - waited;
    login_named := coalesce(portal_radius.login_in(class, router.router_id),
        portal_radius.login_known(class, router.router_id, session), '~' || router.boots);
    began := now_here - make_interval(secs => portal_radius.span(seconds));
    IF login_named LIKE 'acc_%' THEN
        began := greatest(began,
            to_timestamp(('x' || substring(login_named from 26 for 8))::bit(32)::bigint));
    END IF;
    INSERT INTO {schema}.radius_session AS made (company_id, router_id, access_id,
        acct_session_id, login, class_tags, mac, address, started_at, heard_at, seconds, bytes_in,
        bytes_out)
    VALUES (router.company_id, router.router_id,
        portal_radius.access_of(router, login_named, name_hash), left(session, 64), login_named,
        CASE WHEN login_named LIKE 'acc_%' THEN substring(class from 56) END,
        portal_radius.mac(mac), left(address, 45), began, now_here, 0, 0, 0)
    ON CONFLICT DO NOTHING;
    is_news := FOUND;
    SELECT * INTO before FROM {schema}.radius_session AS known
        WHERE known.router_id = router.router_id AND known.acct_session_id = left(session, 64)
        AND known.login = login_named FOR UPDATE;
    IF is_news THEN
        DELETE FROM {schema}.radius_grant AS told
            WHERE told.access_id = before.access_id AND told.mac = before.mac;
    END IF;
    after := before;
    -- One that began before this column was there goes on once its key is gone.
    after.class_tags := coalesce(before.class_tags,
        CASE WHEN login_named LIKE 'acc_%' THEN substring(class from 56) END);
    -- Counters only grow: what was sent earlier and comes later changes nothing.
    after.seconds := greatest(before.seconds, portal_radius.span(seconds));
    after.bytes_in := greatest(
        before.bytes_in, portal_radius.octets(octets_in, gigawords_in));
    after.bytes_out := greatest(
        before.bytes_out, portal_radius.octets(octets_out, gigawords_out));
    IF kind = 'Stop' AND (before.ended_at IS NULL OR NOT before.stopped) THEN
        after.stopped := true;
        after.ended_at := now_here;
        after.ended_because := left(cause, 40);
    ELSIF kind = 'Interim-Update' AND NOT before.stopped AND after.seconds > before.seconds THEN
        -- One that we had taken for ended goes on.
        after.heard_at := now_here;
        after.ended_at := NULL;
        after.ended_because := NULL;
    END IF;
    IF after IS DISTINCT FROM before THEN
        UPDATE {schema}.radius_session AS known SET seconds = after.seconds,
            bytes_in = after.bytes_in, bytes_out = after.bytes_out, heard_at = after.heard_at,
            stopped = after.stopped, ended_at = after.ended_at,
            ended_because = after.ended_because, class_tags = after.class_tags
        WHERE known.id = before.id;
    END IF;
    UPDATE {schema}.radius_user AS counted SET
        used_seconds = counted.used_seconds + after.seconds - before.seconds,
        used_bytes = counted.used_bytes + after.bytes_in + after.bytes_out
            - before.bytes_in - before.bytes_out,
        first_started_at = least(counted.first_started_at, before.started_at)
    WHERE counted.access_id = before.access_id AND (
        (after.seconds, after.bytes_in, after.bytes_out)
            IS DISTINCT FROM (before.seconds, before.bytes_in, before.bytes_out)
        OR counted.first_started_at IS NULL OR counted.first_started_at > before.started_at);
    -- Let in before it was closed and told of since, or taken for gone and still there: nobody else
    -- would ever put it out.
    IF after.ended_at IS NULL AND after.access_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM {schema}.radius_user AS allowed
        WHERE allowed.access_id = after.access_id AND NOT allowed.disabled) THEN
        INSERT INTO {schema}.job (id, company_id, next_attempt_at, attempts)
        VALUES ('session_changes:' || after.access_id, after.company_id, statement_timestamp(), 0)
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NEXT 1;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA portal_radius FROM PUBLIC;
