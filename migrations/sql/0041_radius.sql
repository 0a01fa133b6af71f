-- What the RADIUS server calls. Its role may execute two functions and read no table.
-- The key comes with each of its connections, in portal.radius_inner and portal.radius_outer: what
-- HMAC makes of a key of 32 bytes, so that sha256() of the core serves and no extension is needed.
CREATE SCHEMA portal_radius;
REVOKE ALL ON SCHEMA portal_radius FROM PUBLIC;

CREATE FUNCTION portal_radius.half_of(setting text, rest text) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT decode(current_setting(setting, true) || repeat(rest, 32), 'hex')
$$;

CREATE FUNCTION portal_radius.keyed(message bytea) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT sha256(portal_radius.half_of('portal.radius_outer', '5c')
        || sha256(portal_radius.half_of('portal.radius_inner', '36') || message))
$$;

CREATE FUNCTION portal_radius.bytes(words text) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT convert_to(words, 'UTF8') $$;

CREATE FUNCTION portal_radius.number(said text) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN said ~ '^[0-9]{1,18}$' THEN said::bigint ELSE 0 END
$$;

-- No session lasts ten years: such a span is a clock that was set meanwhile.
CREATE FUNCTION portal_radius.span(said text) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN portal_radius.number(said) < 315360000
        THEN portal_radius.number(said) ELSE 0 END
$$;

-- Each router says a device's address in a form of its own (`radius-mac-format`).
CREATE FUNCTION portal_radius.mac(said text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN length(bare) = 12 THEN rtrim(regexp_replace(bare, '(..)', '\1:', 'g'), ':')
        ELSE upper(left(said, 17)) END
    FROM (SELECT upper(regexp_replace(said, '[^0-9A-Fa-f]', '', 'g')) AS bare) AS digits
$$;

-- A count of 64 bits in two halves. Nothing has a million times 4 GiB: such a half is no count.
CREATE FUNCTION portal_radius.octets(low text, high text) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT portal_radius.number(low) + (CASE WHEN portal_radius.number(high) < 1048576
        THEN portal_radius.number(high) ELSE 0 END << 32)
$$;

-- What shows that a login's Class was made by us for this router.
CREATE FUNCTION portal_radius.class_tag(router text, login text) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT left(encode(portal_radius.keyed(
        portal_radius.bytes('class:' || router || ':' || login)), 'hex'), 20)
$$;

-- The login that a Class names, if it was made here.
CREATE FUNCTION portal_radius.login_in(class text, router text) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT left(class, 41)
        WHERE class ~ '^acc_[0-9a-f]{20}\.[0-9a-f]{16}-RTR_[0-9A-F]{8}-[0-9a-f]{20}$'
        AND right(class, 33) = router || '-' || portal_radius.class_tag(router, left(class, 41))
$$;

-- Whose packet it is: the client's name where each router has its own, else the signed name in the
-- realm, else a Class that we made. No address tells it, since many stand behind one; nor does
-- NAS-Identifier, which the router tells to its neighbours and on its pages, as it may its
-- hotspot's name and location: all that others share the secret with could write it.
CREATE FUNCTION portal_radius.router_of(client text, realm text, class text)
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
        OR right(signed, 20) = left(encode(found_router.proof, 'hex'), 20)
        OR signed IS NULL AND portal_radius.login_in(class, found_router.router_id) IS NOT NULL THEN
        RETURN found_router;
    END IF;
    RETURN NULL;
END $$;

-- Whether this connection has the key that the records were written with.
CREATE FUNCTION portal_radius.has_key(router {schema}.radius_router) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT coalesce(
        substring(portal_radius.keyed(portal_radius.bytes('router:' || router.router_id))
            from 1 for length(router.proof)) = router.proof,
        router.router_id IS NULL AND portal_radius.keyed('') IS NOT NULL)
$$;

CREATE FUNCTION portal_radius.name_digest(company text, name_hash text) RETURNS bytea
LANGUAGE sql STABLE AS $$
    SELECT portal_radius.keyed(portal_radius.bytes('name:' || company || ':' || name_hash))
$$;

-- The site where it was sold comes first: another's code of the same name may be good everywhere.
CREATE FUNCTION portal_radius.find_user(digest bytea, router text, company text)
RETURNS SETOF {schema}.radius_user LANGUAGE sql STABLE AS $$
    SELECT * FROM {schema}.radius_user
    WHERE name_digest = digest AND company_id = company AND (router_id = router OR everywhere)
    ORDER BY router_id = router DESC, disabled LIMIT 1
$$;

-- Bytes 1-16 nonce, then the text, then 16 bytes that prove it was sealed for this access.
CREATE FUNCTION portal_radius.opened(cipher bytea, access text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    size integer := length(cipher) - 32;
    place bytea := portal_radius.bytes(access || ':');
    nonce bytea := substring(cipher from 1 for 16);
    clear bytea := substring(cipher from 17 for size);
    pad bytea := '';
BEGIN
    IF substring(cipher from 17 + size) IS DISTINCT FROM substring(portal_radius.keyed(
        portal_radius.bytes('tag:') || place || substring(cipher from 1 for 16 + size))
        from 1 for 16) THEN
        RETURN NULL;
    END IF;
    FOR block IN 0 .. (size - 1) / 32 LOOP
        pad := pad || portal_radius.keyed(
            portal_radius.bytes('pad:') || place || nonce || int4send(block));
    END LOOP;
    FOR place_in IN 0 .. size - 1 LOOP
        clear := set_byte(clear, place_in, get_byte(clear, place_in) # get_byte(pad, place_in));
    END LOOP;
    RETURN convert_from(clear, 'UTF8');
END $$;

-- What the server takes a value for: it takes quotes off, expands grave accents and reads
-- backslashes as escapes.
CREATE FUNCTION portal_radius.quoted(said text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN said ~ '["''`\\]' THEN
        '"' || replace(replace(said, '\', '\\'), '"', '\"') || '"' ELSE said END
$$;

CREATE FUNCTION portal_radius.devices_elsewhere(access text, asking text, since timestamptz)
RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT count(DISTINCT mac) FROM {schema}.radius_session
    WHERE access_id = access AND ended_at IS NULL AND heard_at > since AND mac <> asking
$$;

-- Seconds until what was bought ends, by this server's clock; NULL where no time ends it.
CREATE FUNCTION portal_radius.seconds_left(bought {schema}.radius_user) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN counted.seconds IS NOT NULL THEN least(counted.seconds, 2147483647) END
    FROM (SELECT least(
        floor(extract(epoch FROM ends.at - statement_timestamp()))::bigint,
        CASE WHEN ends.at IS NULL THEN bought.first_use_seconds END,
        bought.limit_seconds - bought.used_seconds) AS seconds
        FROM (SELECT coalesce(bought.expires_at, bought.first_started_at
            + make_interval(secs => bought.first_use_seconds)) AS at) AS ends) AS counted
$$;

CREATE FUNCTION portal_radius.authorize(
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
    router := portal_radius.router_of(client, realm, NULL);
    -- Without the key nobody can be told from another: silence sends the router to a server that
    -- has it.
    IF NOT portal_radius.has_key(router) THEN
        RETURN QUERY SELECT 0, ''::text, 'Tmp-Integer-0'::text, '1'::text, ':='::text;
        RETURN;
    END IF;
    SELECT * INTO found_user FROM portal_radius.find_user(
        portal_radius.name_digest(router.company_id, name_hash),
        router.router_id, router.company_id);
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
            || portal_radius.class_tag(router.router_id, login)),
        (9, 'Acct-Interim-Interval', interim::text)
    ) AS given (place, named, said)
    WHERE given.said IS NOT NULL ORDER BY given.place;
END $$;

-- Which access a session is of: by the login that its Class names, else by its user name. Only the
-- router's own company has a say in it.
CREATE FUNCTION portal_radius.access_of(
    router {schema}.radius_router, login text, name_hash text) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT coalesce(
        (SELECT id FROM {schema}.access
         WHERE id = split_part(login, '.', 1) AND company_id = router.company_id),
        (SELECT access_id FROM portal_radius.find_user(
            portal_radius.name_digest(router.company_id, name_hash),
            router.router_id, router.company_id)))
$$;

CREATE FUNCTION portal_radius.account(
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
BEGIN
    router := portal_radius.router_of(client, realm, class);
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
    login_named := coalesce(
        portal_radius.login_in(class, router.router_id), '~' || router.boots);
    began := now_here - make_interval(secs => portal_radius.span(seconds));
    IF login_named LIKE 'acc_%' THEN
        began := greatest(began,
            to_timestamp(('x' || substring(login_named from 26 for 8))::bit(32)::bigint));
    END IF;
    INSERT INTO {schema}.radius_session AS made (company_id, router_id, access_id,
        acct_session_id, login, mac, address, started_at, heard_at, seconds, bytes_in, bytes_out)
    VALUES (router.company_id, router.router_id,
        portal_radius.access_of(router, login_named, name_hash), left(session, 64), login_named,
        portal_radius.mac(mac), left(address, 45), began, now_here, 0, 0, 0)
    ON CONFLICT DO NOTHING;
    SELECT * INTO before FROM {schema}.radius_session AS known
        WHERE known.router_id = router.router_id AND known.acct_session_id = left(session, 64)
        AND known.login = login_named FOR UPDATE;
    after := before;
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
            ended_because = after.ended_because
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
