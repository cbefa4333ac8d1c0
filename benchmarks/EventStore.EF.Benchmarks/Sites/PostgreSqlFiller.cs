namespace EventStore.EF.Benchmarks;

/// <summary>Fills a store's tables inside the server, which takes seconds where appending would take minutes.</summary>
internal sealed class PostgreSqlFiller(PostgreSqlSite site, Progress progress)
{
    /// <summary>An id of UUID version 7, as clients make them: index pages fill in order.</summary>
    private const string NewId = "(left(now_hex.now_hex, 8) || '-' || substr(now_hex.now_hex, 9, 4) || '-7' || substr(gen_random_uuid()::text, 16))::uuid";

    private const string NowHex = "(SELECT lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') AS now_hex) now_hex";

    /// <summary>
    /// $1 first and $2 last number of new streams · $3 events per stream · $4 payload · $5 one event in so many is an order placed. The
    /// streams' events are mixed: each stream's first, then each one's second, as many streams written at once have them.
    /// </summary>
    private const string FillStreams = $"""
        WITH stream AS (
            INSERT INTO {PostgreSqlSite.StoreSchema}.streams (name, version)
            SELECT 'order-' || number, $3
            FROM generate_series($1, $2) number
            RETURNING id)
        INSERT INTO {PostgreSqlSite.StoreSchema}.events (stream_id, version, event_id, type, schema_version, data)
        SELECT stream.id, version, {NewId}, CASE WHEN (stream.id + version) % $5 = 0 THEN '{OrderPlaced.StoredName}' ELSE 'order-noted' END, 1, $4::json
        FROM {NowHex}, generate_series(1, $3) version, stream
        ORDER BY version
        """;

    /// <summary>$1 name of an existing stream · $2 first and $3 last version, the first one behind the stream's · $4 payload.</summary>
    private const string FillStream = $"""
        WITH stream AS (
            UPDATE {PostgreSqlSite.StoreSchema}.streams SET version = $3 WHERE tenant = '' AND name = $1
            RETURNING id)
        INSERT INTO {PostgreSqlSite.StoreSchema}.events (stream_id, version, event_id, type, schema_version, data)
        SELECT stream.id, version, {NewId}, '{OrderPlaced.StoredName}', 1, $4::json
        FROM {NowHex}, generate_series($2, $3) version, stream
        ORDER BY version
        """;

    private const int EventsPerStatement = 100_000;

    private static readonly string Payload = System.Text.Encoding.UTF8.GetString(OrderJson.Write(FloorOrder.Sample));

    /// <summary>Adds streams of so many events each until there are so many streams, on all cores.</summary>
    public async Task FillAsync(long streams, long eventsPerStream)
    {
        await FillStreamsAsync(streams, eventsPerStream, oneIn: 1);
        await SettleAsync();
    }

    /// <summary>
    /// Does the same as a copy of another store does: the server knows nothing about what came, and one event in so many is an order placed.
    /// </summary>
    public async Task CopyAsync(long streams, long eventsPerStream, long oneIn)
    {
        await site.ExecuteAsync($"ALTER TABLE {PostgreSqlSite.StoreSchema}.streams SET (autovacuum_enabled = false)");
        await site.ExecuteAsync($"ALTER TABLE {PostgreSqlSite.StoreSchema}.events SET (autovacuum_enabled = false)");
        await FillStreamsAsync(streams, eventsPerStream, oneIn);
        await site.ExecuteAsync("CHECKPOINT");
    }

    /// <summary>Makes one long stream.</summary>
    public async Task FillStreamAsync(string name, long events)
    {
        await site.ExecuteAsync($"INSERT INTO {PostgreSqlSite.StoreSchema}.streams (name, version) VALUES ($1, 0)", name);
        for (var first = 1L; first <= events; first += EventsPerStatement)
        {
            progress.Show($"filling {name}: {first:N0} of {events:N0} events");
            await site.ExecuteAsync(FillStream, name, first, Math.Min(first + EventsPerStatement - 1, events), Payload);
        }

        await SettleAsync();
    }

    private async Task FillStreamsAsync(long streams, long eventsPerStream, long oneIn)
    {
        var first = 1 + await site.AskAsync<long>($"SELECT count(*) FROM {PostgreSqlSite.StoreSchema}.streams");
        var perStatement = Math.Max(EventsPerStatement / eventsPerStream, 1);
        var starts = Enumerable.Range(0, (int)((streams - first + perStatement) / perStatement)).Select(index => first + (index * perStatement));
        await Parallel.ForEachAsync(starts, async (start, _) =>
        {
            progress.Show($"filling: {start * eventsPerStream:N0} of {streams * eventsPerStream:N0} events");
            await site.ExecuteAsync(FillStreams, start, Math.Min(start + perStatement - 1, streams), eventsPerStream, Payload, oneIn);
        });
    }

    /// <summary>Has the work done now that the server would otherwise do during a measurement.</summary>
    private async Task SettleAsync()
    {
        progress.Show("filling: vacuum and checkpoint");
        await site.ExecuteAsync($"VACUUM (ANALYZE) {PostgreSqlSite.StoreSchema}.streams, {PostgreSqlSite.StoreSchema}.events");
        await site.ExecuteAsync("CHECKPOINT");
    }
}
