using Microsoft.Data.Sqlite;

namespace EventStore.EF.Faults;

internal sealed class SqliteRestore : Fault
{
    private const int MostTries = 10_000;

    public override string Name => "sqlite-restore";

    public override string Description => "An earlier state of the file is restored through SQLite's backup API while everything runs: the loss must be reported, and nothing new be skipped.";

    public override Provider Providers => Provider.Sqlite;

    public override bool IsAlone => true;

    public override async Task<string> StrikeAsync(Laboratory laboratory, Random random, CancellationToken ct)
    {
        var file = ((SqliteLaboratory)laboratory).File;
        var backup = $"{file}.backup";
        await using var live = (SqliteConnection)laboratory.Connect();
        await live.OpenAsync(ct).ConfigureAwait(false);
        await using var saved = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = backup, Pooling = false }.ConnectionString);
        await saved.OpenAsync(ct).ConfigureAwait(false);

        // What was acknowledged before this moment is in the backup.
        var since = HistoryLog.Now;
        live.BackupDatabase(saved);
        var time = Between(random, 0.5, 2);
        await LastAsync(time, ct).ConfigureAwait(false);
        await RestoreAsync(saved, live, random, ct).ConfigureAwait(false);
        await laboratory.Log.WriteAsync(new WentBack(HistoryLog.Now, since)).ConfigureAwait(false);
        await saved.DisposeAsync().ConfigureAwait(false);
        File.Delete(backup);
        return $"to {time.TotalSeconds:0.0} s before";
    }

    /// <summary>SQLite's backup API waits for no lock: somebody who restores tries until the file is free for a moment.</summary>
    private static async Task RestoreAsync(SqliteConnection saved, SqliteConnection live, Random random, CancellationToken ct)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                saved.BackupDatabase(live);
                return;
            }
            catch (SqliteException exception) when (exception.SqliteErrorCode == SQLitePCL.raw.SQLITE_BUSY && tries < MostTries)
            {
                await LastAsync(Between(random, 0.001, 0.01), ct).ConfigureAwait(false);
            }
        }
    }
}
