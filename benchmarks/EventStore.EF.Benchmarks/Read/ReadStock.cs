namespace EventStore.EF.Benchmarks;

/// <summary>What is there to be read: 1,000 streams of 100 events, mixed in the table.</summary>
internal static class ReadStock
{
    public const int Streams = 1000;
    public const int EventsPerStream = 100;
    public const int Events = Streams * EventsPerStream;

    public static async Task<PostgreSqlSite> OpenAsync(Laboratory laboratory)
    {
        var site = await laboratory.PostgreSqlAsync("read");
        await new PostgreSqlFiller(site, laboratory.Progress).FillAsync(Streams, EventsPerStream);
        return site;
    }
}
