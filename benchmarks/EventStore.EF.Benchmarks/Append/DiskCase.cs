namespace EventStore.EF.Benchmarks;

/// <summary>
/// What an event takes on disk beyond its payload and metadata, indexes and the streams' rows included, in the tables that the
/// cases before this one have filled.
/// </summary>
internal sealed record DiskCase(string Name, Reach Reach) : BenchmarkCase(Name)
{
    public override async Task<Outcome> RunAsync(Laboratory laboratory)
    {
        var site = await laboratory.PostgreSqlAsync(PostgreSqlAppendCase.Site);
        if (await site.AskAsync<bool>($"SELECT NOT EXISTS (SELECT FROM {PostgreSqlSite.StoreSchema}.events)"))
            await new PostgreSqlFiller(site, laboratory.Progress).FillAsync(streams: 1000, eventsPerStream: 100);

        var store = await MeasureAsync(site, PostgreSqlSite.StoreSchema);
        return new(this, "B/event", new(Name, store.Bytes, Reach: Reach), [new("events", store.Events)]);
    }

    private static async Task<(double Bytes, double Events)> MeasureAsync(PostgreSqlSite site, string schema)
    {
        var size = await site.AskAsync<decimal>($"SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relnamespace = '{schema}'::regnamespace AND relkind = 'r'");
        var events = await site.AskAsync<long>($"SELECT count(*) FROM {schema}.events");
        var content = await site.AskAsync<long>(
            $"SELECT sum(coalesce(octet_length(data::text), 0) + coalesce(octet_length(data_binary), 0) + coalesce(octet_length(metadata::text), 0)) FROM {schema}.events");
        return (((double)size - content) / events, events);
    }
}
