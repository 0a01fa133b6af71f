-- What was let in and is not told of yet, so that devices at several sites are counted as they come
-- and time runs where no accounting arrives.

-- Since when a login of an access is not told of by a router that has told of nothing since. What
-- is younger than a minute may only be late, or an answer that was lost and asked for again.
CREATE FUNCTION portal_radius.unheard_since(access text) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
    SELECT min(told.granted_at) FROM {schema}.radius_grant AS told
    JOIN {schema}.radius_router AS asking ON asking.router_id = told.router_id
    WHERE told.access_id = access
        AND told.granted_at < statement_timestamp() - interval '60 seconds'
        AND (asking.heard_at IS NULL OR asking.heard_at < told.granted_at)
$$;

-- Whether it matters who comes first, or when.
CREATE FUNCTION portal_radius.is_counted(bought {schema}.radius_user) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT bought.everywhere OR bought.limit_seconds IS NOT NULL
        OR bought.first_use_seconds IS NOT NULL
$$;

-- What was bought, with the time counted that went by since then.
CREATE FUNCTION portal_radius.presumed(bought {schema}.radius_user)
RETURNS {schema}.radius_user LANGUAGE plpgsql STABLE AS $$
DECLARE
    since timestamptz;
BEGIN
    IF bought.limit_seconds IS NULL AND bought.first_use_seconds IS NULL THEN
        RETURN bought;
    END IF;
    since := portal_radius.unheard_since(bought.access_id);
    IF since IS NOT NULL THEN
        bought.used_seconds := bought.used_seconds
            + floor(extract(epoch FROM statement_timestamp() - since))::bigint;
        bought.first_started_at := least(bought.first_started_at, since);
    END IF;
    RETURN bought;
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
            || portal_radius.class_tag(router.router_id, login)),
        (9, 'Acct-Interim-Interval', interim::text),
        -- Have the server ask for portal_radius.granted() in the end.
        (10, 'Tmp-Integer-1', CASE WHEN portal_radius.is_counted(found_user) THEN '1' END)
    ) AS given (place, named, said)
    WHERE given.said IS NOT NULL ORDER BY given.place;
END $$;

-- Whether a login whose password was right may come in: 0 where others came first. Asked last, so
-- that nobody without the password counts for a device or begins somebody's time. Of two that come
-- at the same moment, at whatever sites, one waits for the other's row here.
CREATE FUNCTION portal_radius.granted(
    client text, realm text, class text, mac text, interim integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
DECLARE
    now_here timestamptz := statement_timestamp();
    asking text := portal_radius.mac(granted.mac);
    router {schema}.radius_router;
    found_user {schema}.radius_user;
    counted {schema}.radius_user;
    login_named text;
BEGIN
    router := portal_radius.router_of(client, realm, class);
    login_named := portal_radius.login_in(class, router.router_id);
    SELECT * INTO found_user FROM {schema}.radius_user AS bought
        WHERE bought.access_id = split_part(login_named, '.', 1);
    IF portal_radius.is_counted(found_user) IS NOT TRUE THEN
        RETURN 1;
    END IF;
    SELECT * INTO found_user FROM {schema}.radius_user AS bought
        WHERE bought.access_id = found_user.access_id FOR UPDATE;
    IF found_user.everywhere AND found_user.max_devices <= (SELECT count(*) FROM (
        SELECT known.mac FROM {schema}.radius_session AS known
        WHERE known.access_id = found_user.access_id AND known.ended_at IS NULL
            AND known.heard_at > now_here - make_interval(secs => interim)
        UNION SELECT told.mac FROM {schema}.radius_grant AS told
        WHERE told.access_id = found_user.access_id
            AND told.granted_at > now_here - interval '60 seconds') AS there
        WHERE there.mac <> asking) THEN
        RETURN 0;
    END IF;
    counted := portal_radius.presumed(found_user);
    IF counted IS DISTINCT FROM found_user THEN
        UPDATE {schema}.radius_user AS bought SET used_seconds = counted.used_seconds,
            first_started_at = counted.first_started_at
            WHERE bought.access_id = counted.access_id;
        DELETE FROM {schema}.radius_grant AS told WHERE told.access_id = counted.access_id
            AND told.granted_at < now_here - interval '60 seconds';
    END IF;
    INSERT INTO {schema}.radius_grant AS told (access_id, mac, router_id, granted_at)
        VALUES (found_user.access_id, asking, router.router_id, now_here)
        ON CONFLICT ON CONSTRAINT pk_radius_grant DO UPDATE SET router_id = excluded.router_id,
            granted_at = CASE WHEN told.granted_at < now_here - interval '60 seconds'
                THEN now_here ELSE told.granted_at END;
    RETURN 1;
END $$;

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
    is_news := FOUND;
    SELECT * INTO before FROM {schema}.radius_session AS known
        WHERE known.router_id = router.router_id AND known.acct_session_id = left(session, 64)
        AND known.login = login_named FOR UPDATE;
    IF is_news THEN
        DELETE FROM {schema}.radius_grant AS told
            WHERE told.access_id = before.access_id AND told.mac = before.mac;
    END IF;
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

-- Whoever may ask for a login may ask this as well, so that a server's role need not be set up anew.
DO $$
DECLARE
    allowed record;
BEGIN
    FOR allowed IN SELECT DISTINCT grantee::regrole AS role FROM pg_proc,
        aclexplode(proacl) WHERE pronamespace = 'portal_radius'::regnamespace
        AND proname = 'authorize' AND grantee <> 0 AND grantee <> proowner LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION portal_radius.granted('
            'text, text, text, text, integer) TO %s', allowed.role);
    END LOOP;
END $$;
