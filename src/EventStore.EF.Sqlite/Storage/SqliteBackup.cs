using EventStore.EF.Errors;
using EventStore.EF.Sqlite.Connections;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EventStore.EF.Sqlite.Storage;

/// <summary>
/// Copies the database by SQLite's own backup, in steps. The source reads one snapshot throughout: otherwise the copy would begin again
/// whenever somebody writes, and beside a busy writer never end.
/// </summary>
internal sealed class SqliteBackup(SqliteDatabase database)
{
    /// <summary>4 MB at the usual page size: some milliseconds.</summary>
    private const int PagesPerStep = 1024;

    /// <param name="path">The new file.</param>
    /// <param name="progress">Is told after each step.</param>
    /// <param name="ct">Cancels the copy; nothing is left of it.</param>
    public async Task RunAsync(string path, IProgress<SqliteBackupProgress>? progress, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        path = Path.GetFullPath(path);
        if (File.Exists(path) || Directory.Exists(path))
            throw new ArgumentException($"'{path}' exists already. A backup goes to a new file.", nameof(path));

        if (!Directory.Exists(Path.GetDirectoryName(path)))
            throw new ArgumentException($"The folder of '{path}' doesn't exist. Create it first.", nameof(path));

        // Others see the copy only when it is whole.
        var partial = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            await Task.Run(() => Copy(partial, progress, ct), ct).ConfigureAwait(false);
            File.Move(partial, path);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    private void Copy(string path, IProgress<SqliteBackupProgress>? progress, CancellationToken ct)
    {
        using var source = database.OpenDedicated();
        using var target = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ConnectionString);
        target.Open();
        source.Execute("BEGIN; SELECT 1 FROM sqlite_master LIMIT 1");
        using var backup = raw.sqlite3_backup_init(target.Handle, "main", source.Handle, "main");
        if (backup.IsInvalid)
            SqliteException.ThrowExceptionForRC(raw.sqlite3_errcode(target.Handle), target.Handle);

        while (true)
        {
            ct.ThrowIfCancellationRequested();
            var code = raw.sqlite3_backup_step(backup, PagesPerStep);
            if (code is not (raw.SQLITE_OK or raw.SQLITE_DONE))
                SqliteException.ThrowExceptionForRC(code, target.Handle);

            var pages = raw.sqlite3_backup_pagecount(backup);
            progress?.Report(new(pages - raw.sqlite3_backup_remaining(backup), pages));
            if (code == raw.SQLITE_DONE)
                break;
        }

        SqliteException.ThrowExceptionForRC(raw.sqlite3_backup_finish(backup), target.Handle);
        source.Execute("COMMIT");
    }
}
