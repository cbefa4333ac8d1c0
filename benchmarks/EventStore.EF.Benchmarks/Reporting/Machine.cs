using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace EventStore.EF.Benchmarks;

/// <summary>Where was measured: figures mean little without it.</summary>
internal static class Machine
{
    public static async Task<IReadOnlyDictionary<string, string>> DescribeAsync(string? postgreSql)
    {
        var description = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["cores"] = Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture),
            ["cpu"] = Line("/proc/cpuinfo", "model name", ':') ?? RuntimeInformation.ProcessArchitecture.ToString(),
            ["flush of 8 KiB to the disk"] = FlushTime(),
            ["memory"] = string.Create(CultureInfo.InvariantCulture, $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9:N0} GB"),
            ["net"] = RuntimeInformation.FrameworkDescription,
            ["os"] = Line("/etc/os-release", "PRETTY_NAME", '=')?.Trim('"') ?? RuntimeInformation.OSDescription,
        };
        if (postgreSql is not null)
            await DescribeServerAsync(description, postgreSql);

        await using var sqlite = new SqliteConnection("Data Source=:memory:");
        await sqlite.OpenAsync();
        description["sqlite"] = sqlite.ServerVersion;
        return description;
    }

    private static async Task DescribeServerAsync(SortedDictionary<string, string> description, string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            """
            SELECT name, current_setting(name)
            FROM pg_settings
            WHERE name IN ('server_version', 'fsync', 'synchronous_commit', 'commit_delay', 'shared_buffers')
            """, connection);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            description[$"postgresql {reader.GetString(0)}"] = reader.GetString(1);
    }

    /// <summary>The median of 100: what a commit waits for, whoever makes it.</summary>
    private static string FlushTime()
    {
        var times = new double[100];
        using var file = new FileStream(Path.GetTempFileName(), FileMode.Open, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        var page = new byte[8192];
        for (var index = 0; index < times.Length; index++)
        {
            var start = Stopwatch.GetTimestamp();
            file.Write(page);
            file.Flush(flushToDisk: true);
            times[index] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        return $"{Number.Text(Statistics.Median(times))} ms";
    }

    private static string? Line(string file, string key, char separator) => File.Exists(file)
        ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?.Split(separator, 2)[1].Trim()
        : null;
}
