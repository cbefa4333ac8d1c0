using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace EventStore.EF.Sqlite.Tests.Storage;

/// <summary>A full disk stops the store only as long as it is full. Mounting one takes root on Linux.</summary>
public sealed class FullDiskTests(SqliteFixture fixture) : IClassFixture<SqliteFixture>, IAsyncLifetime
{
    private const int Megabyte = 1 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _folder = Directory.CreateTempSubdirectory("eventstore-disk-").FullName;
    private bool _isMounted;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Ballast => Path.Combine(_folder, "ballast");

    public async ValueTask InitializeAsync()
        => _isMounted = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess
            && await RunAsync("mount", "-t", "tmpfs", "-o", "size=40m", "eventstore-tests", _folder);

    public async ValueTask DisposeAsync()
    {
        if (_isMounted)
            await RunAsync("umount", "-l", _folder);

        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task After_a_full_disk_the_store_goes_on_with_everything_that_it_acknowledged()
    {
        Assert.SkipUnless(_isMounted, "no file system can be mounted here");
        await using var store = new TestStore(builder =>
            fixture.Use(builder, $"Data Source={Path.Combine(_folder, "store.db")}"));
        await store.MigrateAsync();
        var acknowledged = 0;

        // The log is about to be moved into the file, which has no room for it.
        while (new FileInfo(Path.Combine(_folder, "store.db-wal")).Length < 15 * Megabyte)
            await AppendAsync(store, ++acknowledged);

        Fill(leave: 3 * Megabyte);
        var refused = await Assert.ThrowsAsync<EventStoreUnavailableException>(async () =>
        {
            for (; acknowledged < 1000; acknowledged++)
                await AppendAsync(store, acknowledged + 1);
        });
        Assert.Contains("full", refused.Message, StringComparison.Ordinal);

        // The checkpoint that ran out of room is not taken for somebody's writing, however long it is looked at.
        for (var until = Stopwatch.StartNew(); until.Elapsed < TimeSpan.FromSeconds(7);)
        {
            try
            {
                await AppendAsync(store, acknowledged + 1);
                acknowledged++;
            }
            catch (EventStoreUnavailableException exception)
            {
                Assert.DoesNotContain("overwritten", exception.Message, StringComparison.Ordinal);
            }
        }

        File.Delete(Ballast);
        await AppendAsync(store, ++acknowledged).WaitAsync(Patience, Ct);
        var read = await store.Events.ReadStreamAsync("stream", cancellationToken: Ct).ToListAsync(Ct);
        Assert.Equal(Enumerable.Range(1, acknowledged), read.Select(@event => @event.As<Wide>().Number));
        SqliteConnection.ClearAllPools();
    }

    private static Task<AppendResult> AppendAsync(TestStore store, int number)
        => store.Events.AppendAsync(
            "stream", ExpectedVersion.At(number - 1), new Wide(number, new string('x', 256 * 1024)), cancellationToken: Ct);

    /// <summary>Leaves room for so many bytes, or less.</summary>
    private void Fill(long leave)
    {
        using var ballast = new FileStream(Ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
                ballast.Write(new byte[64 * 1024]);
        }
        catch (IOException)
        {
            ballast.SetLength(Math.Max(0, ballast.Length - leave));
        }
    }

    private static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync(Ct);
        return process.ExitCode == 0;
    }
}

/// <summary>An event of any size.</summary>
[Event("disk-wide")]
public sealed record Wide(int Number, string Text);
