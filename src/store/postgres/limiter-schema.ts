import type { Schema } from './migrate.ts';

/**
 * Takes from several counts, or from none. A row comes back where one had no room: which, and in how many
 * milliseconds it will have. The time is that of the server, read once the counts are locked, so that all gates share it.
 */
const TAKE = `
  CREATE FUNCTION sallyport_take_1(
    p_keys text[], p_takes bigint[], p_calls bigint[], p_pers float8[], p_grains float8[])
  RETURNS TABLE (reached int, wait float8)
  LANGUAGE plpgsql SET lock_timeout = '2s' AS $$
  DECLARE
    v_now float8; v_total bigint; v_gone bigint; v_over bigint; v_at float8; v_locked int;
  BEGIN
    LOOP
      INSERT INTO sallyport_counter (key, total, expires)
        SELECT DISTINCT k, 0, 0 FROM unnest(p_keys) k ORDER BY k ON CONFLICT DO NOTHING;
      -- In one order for all, so that no two takes wait for each other.
      PERFORM 1 FROM sallyport_counter c WHERE c.key = ANY (p_keys) ORDER BY c.key FOR UPDATE;
      GET DIAGNOSTICS v_locked = ROW_COUNT;
      -- Fewer where one was forgotten in between.
      EXIT WHEN v_locked = cardinality(p_keys);
    END LOOP;
    v_now := extract(epoch FROM clock_timestamp()) * 1000;
    FOR i IN 1 .. cardinality(p_keys) LOOP
      WITH gone AS (
        DELETE FROM sallyport_taken t WHERE t.key = p_keys[i] AND t.at <= v_now - p_pers[i]
        RETURNING t.takes)
      SELECT coalesce(sum(g.takes), 0) INTO v_gone FROM gone g;
      IF v_gone > 0 THEN
        UPDATE sallyport_counter c SET total = c.total - v_gone WHERE c.key = p_keys[i];
      END IF;
      SELECT c.total INTO v_total FROM sallyport_counter c WHERE c.key = p_keys[i];
      v_over := v_total + p_takes[i] - p_calls[i];
      IF v_over > 0 THEN
        SELECT s.at INTO v_at FROM (
          SELECT t.at, sum(t.takes) OVER (ORDER BY t.at) AS over
          FROM sallyport_taken t WHERE t.key = p_keys[i]) s
        WHERE s.over >= v_over ORDER BY s.at LIMIT 1;
        reached := i;
        wait := coalesce(v_at, v_now) + p_pers[i] - v_now;
        RETURN NEXT;
        RETURN;
      END IF;
    END LOOP;
    FOR i IN 1 .. cardinality(p_keys) LOOP
      v_at := ceil(v_now / p_grains[i]) * p_grains[i];
      INSERT INTO sallyport_taken AS t (key, at, takes) VALUES (p_keys[i], v_at, p_takes[i])
        ON CONFLICT (key, at) DO UPDATE SET takes = t.takes + excluded.takes;
      -- In steps of a minute, so that the index on it seldom changes.
      UPDATE sallyport_counter c
        SET total = c.total + p_takes[i],
            expires = greatest(c.expires, ceil((v_at + p_pers[i]) / 60000) * 60000)
        WHERE c.key = p_keys[i];
    END LOOP;
  END $$`;

/** Forgets some of what is over, as far as nobody else is at it. */
const CLEAN = `
  CREATE FUNCTION sallyport_clean_1(p_counts int, p_entries int) RETURNS void
  LANGUAGE plpgsql AS $$
  DECLARE
    v_key text; v_now float8 := extract(epoch FROM clock_timestamp()) * 1000;
  BEGIN
    FOR v_key IN
      SELECT c.key FROM sallyport_counter c WHERE c.expires <= v_now
      ORDER BY c.expires LIMIT p_counts FOR UPDATE SKIP LOCKED
    LOOP
      DELETE FROM sallyport_taken t WHERE t.key = v_key AND t.at = ANY (ARRAY(
        SELECT e.at FROM sallyport_taken e WHERE e.key = v_key LIMIT p_entries));
      IF EXISTS (SELECT 1 FROM sallyport_taken t WHERE t.key = v_key) THEN
        UPDATE sallyport_counter c SET total = (
          SELECT sum(t.takes) FROM sallyport_taken t WHERE t.key = v_key) WHERE c.key = v_key;
      ELSE
        DELETE FROM sallyport_counter c WHERE c.key = v_key;
      END IF;
    END LOOP;
  END $$`;

const migrations: readonly string[] = [
  `CREATE TABLE sallyport_counter (
     key text COLLATE "C" PRIMARY KEY,
     total bigint NOT NULL,
     expires float8 NOT NULL
   ) WITH (fillfactor = 70);
   CREATE INDEX sallyport_counter_by_expiry ON sallyport_counter (expires);
   CREATE TABLE sallyport_taken (
     key text COLLATE "C" NOT NULL,
     at float8 NOT NULL,
     takes bigint NOT NULL,
     PRIMARY KEY (key, at)
   );
   ${TAKE};
   ${CLEAN};`,
];

export const limiterSchema: Schema = { table: 'sallyport_limits', lock: 7_411_000_001, migrations };
