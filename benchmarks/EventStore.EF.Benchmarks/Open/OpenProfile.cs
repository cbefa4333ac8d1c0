namespace EventStore.EF.Benchmarks;

/// <summary>Where the server is, for store and floor alike.</summary>
/// <param name="Name">For people.</param>
/// <param name="EachWay">How long everything takes between client and server, in one direction.</param>
/// <param name="ServerOptions">Settings of the connections of both.</param>
internal sealed record OpenProfile(string Name, TimeSpan EachWay, string? ServerOptions = null)
{
    private static readonly TimeSpan Network = TimeSpan.FromMilliseconds(0.5);

    public static IReadOnlyList<OpenProfile> All { get; } =
    [
        new("loopback", TimeSpan.Zero),
        new("+ 1 ms round trip", Network),
        new("+ 1 ms round trip, 2 ms per flush", Network, "-c commit_delay=2000 -c commit_siblings=0"),
    ];
}
