using System.Data.Common;
using System.Net;
using EventStore.EF.TestDatabases;
using Npgsql;

namespace EventStore.EF.Faults;

/// <summary>
/// All processes on one PostgreSQL server, each through a proxy of its own. With a stand-by there are two places, and a proxy of each
/// process for both; the server is at one of them.
/// </summary>
internal sealed class PostgreSqlLaboratory(LaboratoryOptions options) : Laboratory(options)
{
    /// <summary>The smallest pool that the store accepts.</summary>
    private const int SmallestPool = 3;

    private readonly List<FaultyProxy> _lines = [];
    private int _place;

    /// <summary>The server that writes go to.</summary>
    public Cluster Server { get; private set; } = null!;

    public Volume? Volume { get; private set; }

    public PgBouncer? PgBouncer { get; private set; }

    /// <summary>Where clusters are made.</summary>
    public string Clusters => Options.HasVolume ? Path.Combine(Folder, "volume") : Folder;

    public Undo Cleanup => Undo;

    protected override Provider Provider => Provider.PostgreSql;

    public override Task AcceptsAsync(CancellationToken ct) => Server.AcceptsAsync(ct);

    public override DbConnection Connect() => new NpgsqlConnection(Server.Connect("store", "Pooling=false;Command Timeout=10"));

    public override string Table(string name) => $"eventstore.{name}";

    /// <summary>Another server takes over at the other place; the one that was is gone.</summary>
    public async Task MoveToOtherPlaceAsync(Cluster server, CancellationToken ct)
    {
        _place = 1 - _place;
        await MoveAsync(server, ct).ConfigureAwait(false);
    }

    /// <summary>Another server takes the place of the one that was.</summary>
    public async Task MoveAsync(Cluster server, CancellationToken ct)
    {
        Server = server;
        foreach (var worker in Workers)
        {
            if (!worker.Settings.IsPooled)
                worker.Lines[worker.Lines.Count == 1 ? 0 : _place].Server = new DnsEndPoint("127.0.0.1", server.Port);
        }

        if (PgBouncer is not null)
            await PgBouncer.PointToAsync(server, ct).ConfigureAwait(false);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync().ConfigureAwait(false);
        foreach (var line in _lines)
            await line.DisposeAsync().ConfigureAwait(false);
    }

    protected override async Task StartDatabaseAsync(CancellationToken ct)
    {
        if (Options.HasVolume)
            Volume = await Volume.MountAsync(Clusters, Options.Duration, Undo, ct).ConfigureAwait(false);

        Server = await Cluster.CreateAsync(Clusters, Undo, ct).ConfigureAwait(false);
        if (Options.HasPgBouncer)
            PgBouncer = await PgBouncer.StartAsync(Folder, Server, Undo, ct).ConfigureAwait(false);
    }

    protected override (IReadOnlyList<FaultyProxy> Lines, string ConnectionString, bool IsPooled) Connect(string worker)
    {
        // One process of each kind goes through PgBouncer, so both ways are taken at the same time.
        var isPooled = PgBouncer is not null && worker.EndsWith('2');
        var target = isPooled ? PgBouncer!.ConnectionString : Server.ConnectionString;
        FaultyProxy[] lines = [.. Enumerable.Range(0, Options.HasStandby && !isPooled ? 2 : 1).Select(_ => new FaultyProxy(target))];
        _lines.AddRange(lines);
        var connection = new NpgsqlConnectionStringBuilder(target)
        {
            Host = string.Join(',', lines.Select(line => $"127.0.0.1:{line.Port}")),
            ApplicationName = worker,
            Timeout = 5,
            CommandTimeout = 5,
            MaxPoolSize = worker is "w1" or "s3" ? SmallestPool : 40,

            // An answer that never comes is given up, without waiting for the server to confirm it.
            CancellationTimeout = -1,
        };
        connection.Remove("Port");
        if (lines.Length > 1)
            (connection.TargetSessionAttributes, connection.HostRecheckSeconds) = ("primary", 1);

        return (lines, connection.ConnectionString, isPooled);
    }
}
