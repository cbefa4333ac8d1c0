using System.Diagnostics;
using Npgsql;

namespace EventStore.EF.TestDatabases;

/// <summary>A cluster made by the server programs of this machine; <c>temporary-cluster.sh</c> stops and removes it when this process ends.</summary>
internal sealed class TemporaryCluster : IAsyncDisposable
{
    private readonly Process _script;

    private TemporaryCluster(Process script, string connectionString)
    {
        _script = script;
        ConnectionString = connectionString;
    }

    public string ConnectionString { get; }

    public static async Task<(TemporaryCluster? Cluster, string Reason)> TryStartAsync(CancellationToken ct)
    {
        if (OperatingSystem.IsWindows())
            return (null, "a temporary cluster needs a shell, which Windows lacks");

        var script = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", await ScriptAsync(ct).ConfigureAwait(false), "temporary-cluster.sh"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var complaint = script.StandardError.ReadToEndAsync(ct);
        if (await script.StandardOutput.ReadLineAsync(ct).ConfigureAwait(false) is { } line && line.Split(' ') is [var host, var port, var user, var password])
        {
            var connection = new NpgsqlConnectionStringBuilder
            {
                Host = host,
                Port = int.Parse(port, null),
                Username = user,
                Password = password,
                Database = "postgres",
                SslMode = SslMode.Disable,
                MaxPoolSize = 60,
            };
            return (new(script, connection.ConnectionString), "");
        }

        await script.WaitForExitAsync(ct).ConfigureAwait(false);
        var reason = (await complaint.ConfigureAwait(false)).Trim();
        script.Dispose();
        return (null, reason);
    }

    public async ValueTask DisposeAsync()
    {
        _script.StandardInput.Close();
        await _script.WaitForExitAsync().ConfigureAwait(false);
        _script.Dispose();
    }

    private static async Task<string> ScriptAsync(CancellationToken ct)
    {
        using var reader = new StreamReader(typeof(TemporaryCluster).Assembly.GetManifestResourceStream("temporary-cluster.sh")!);
        return await reader.ReadToEndAsync(ct).ConfigureAwait(false);
    }
}
