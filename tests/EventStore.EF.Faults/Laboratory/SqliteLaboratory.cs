using System.Data.Common;
using EventStore.EF.TestDatabases;
using Microsoft.Data.Sqlite;

namespace EventStore.EF.Faults;

/// <summary>All processes on one SQLite file.</summary>
internal sealed class SqliteLaboratory(LaboratoryOptions options) : Laboratory(options)
{
    /// <summary>The small file system that the file lies on, if there is one.</summary>
    public Volume? Volume { get; private set; }

    public string File => Path.Combine(Options.HasVolume ? VolumeFolder : Folder, "store.db");

    protected override Provider Provider => Provider.Sqlite;

    private string VolumeFolder => Path.Combine(Folder, "volume");

    private string ConnectionString => new SqliteConnectionStringBuilder { DataSource = File, Pooling = true }.ConnectionString;

    public override DbConnection Connect() => new SqliteConnection(ConnectionString);

    public override string Table(string name) => $"\"eventstore_{name}\"";

    public override async ValueTask DisposeAsync()
    {
        SqliteConnection.ClearAllPools();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override async Task StartDatabaseAsync(CancellationToken ct)
    {
        if (Options.HasVolume)
            Volume = await Volume.MountAsync(VolumeFolder, Options.Duration, Undo, ct).ConfigureAwait(false);
    }

    protected override (IReadOnlyList<FaultyProxy> Lines, string ConnectionString, bool IsPooled) Connect(string worker) => ([], ConnectionString, false);
}
