using Microsoft.Data.Sqlite;

namespace EventStore.EF.Benchmarks;

/// <summary>Database files in a folder of their own.</summary>
internal sealed class EmbeddedFile : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("eventstore-embedded-").FullName;

    public string ConnectionString(int number = 0) => $"Data Source={Path(number)}";

    public string Path(int number = 0) => System.IO.Path.Combine(_folder, $"store-{number}.db");

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }
}
