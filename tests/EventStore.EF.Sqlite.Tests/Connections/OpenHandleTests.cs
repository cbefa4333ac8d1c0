using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Sqlite.Tests.Connections;

/// <summary>A disposed host leaves nothing open.</summary>
public sealed class OpenHandleTests(SqliteFixture fixture) : SqliteSpecification(fixture)
{
    [Fact]
    public async Task After_the_host_is_disposed_no_handle_of_its_file_is_left()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux lists the handles of a process");
        var path = new SqliteConnectionStringBuilder(Database.ConnectionString).DataSource;
        for (var round = 0; round < 3; round++)
        {
            var recorder = new Recorder();
            var store = Fixture.CreateStore(Database, builder =>
            {
                builder.Services.AddSingleton(recorder);
                builder.AddSubscriber<NumberedHandler>("numbers");
            });
            await store.Host.StartAsync(Ct);
            await AtOnceAsync(10, index => store.Events.AppendAsync(
                NewStream(), ExpectedVersion.NoStream, new Numbered(index), cancellationToken: Ct));
            await recorder.WaitForAsync(10, Ct);
            Assert.NotEmpty(Handles(path));

            await store.DisposeAsync();
            Assert.Empty(Handles(path));
        }

        Assert.False(File.Exists(path + "-wal"));
    }

    private static string[] Handles(string path)
        => [.. Directory.GetFiles("/proc/self/fd").Select(TargetOf).Where(target => target.StartsWith(path, StringComparison.Ordinal))];

    private static string TargetOf(string handle)
    {
        try
        {
            return new FileInfo(handle).LinkTarget ?? "";
        }
        catch (IOException)
        {
            // Closed in the meantime.
            return "";
        }
    }
}
