using System.Data;
using Microsoft.Data.Sqlite;

namespace EventStore.EF.Sqlite.Connections;

/// <summary>
/// While it exists, commits of a connection are in the log and not flushed to the disk: they survive the process and not a loss of power,
/// which leaves a state that was committed before. The next commit that is flushed takes them along.
/// </summary>
internal sealed class UnflushedCommits : IDisposable
{
    private readonly SqliteConnection _connection;

    public UnflushedCommits(SqliteConnection connection)
    {
        _connection = connection;
        connection.Execute("PRAGMA synchronous = NORMAL");
    }

    public void Dispose()
    {
        // A connection that is closed gets its settings when it is opened again.
        if (_connection.State is ConnectionState.Open)
            _connection.Execute("PRAGMA synchronous = FULL");
    }
}
