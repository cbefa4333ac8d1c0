using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;

namespace EventStore.EF.Faults;

/// <summary>A PostgreSQL server of the laboratory's own, which it may break as it likes.</summary>
internal sealed class Cluster
{
    /// <summary>The application's name of the laboratory's own connections, which no fault is meant to end.</summary>
    public const string OwnName = "laboratory";

    private static readonly TimeSpan RecoveryPatience = TimeSpan.FromSeconds(60);

    private static int s_clusters;

    private readonly string _folder;
    private readonly string _password;

    private Cluster(string folder, int port, string password)
    {
        _folder = folder;
        _password = password;
        Port = port;
    }

    public int Port { get; }

    /// <summary>To the database that the store lies in, past every proxy.</summary>
    public string ConnectionString => Connect("store");

    private string Data => Path.Combine(_folder, "data");

    private Dictionary<string, string> Environment => new() { ["PGPASSWORD"] = _password, ["PGCONNECT_TIMEOUT"] = "10" };

    /// <summary>Makes a cluster and starts it.</summary>
    /// <param name="folder">An existing folder of the caller's, to make its own in.</param>
    /// <param name="undo">Stops it in the end; the folder is removed by the caller.</param>
    /// <param name="ct">Cancels.</param>
    public static Task<Cluster> CreateAsync(string folder, Undo undo, CancellationToken ct)
        => CreateAsync(folder, RandomNumberGenerator.GetHexString(32, lowercase: true), undo, ct);

    /// <summary>Makes an empty cluster that takes the same password, so that it can take this one's place.</summary>
    public Task<Cluster> CreateLikeThisAsync(string folder, Undo undo, CancellationToken ct) => CreateAsync(folder, _password, undo, ct);

    private static async Task<Cluster> CreateAsync(string folder, string password, Undo undo, CancellationToken ct)
    {
        var cluster = Prepare(folder, password, undo);
        var passwordFile = Path.Combine(cluster._folder, "password");
        await File.WriteAllTextAsync(passwordFile, cluster._password, ct).ConfigureAwait(false);
        await cluster.OwnAsync(ct).ConfigureAwait(false);
        await cluster.RunAsync("initdb", ["-D", cluster.Data, "-U", "postgres", $"--pwfile={passwordFile}", "--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-sync"], ct).ConfigureAwait(false);
        await File.AppendAllTextAsync(Path.Combine(cluster.Data, "postgresql.conf"), $"""

            listen_addresses = '127.0.0.1'
            unix_socket_directories = ''
            max_connections = 200
            max_wal_size = '128MB'
            min_wal_size = '32MB'
            """, ct).ConfigureAwait(false);
        await cluster.StartAsync(ct).ConfigureAwait(false);
        await cluster.ExecuteAsync("CREATE DATABASE store", "postgres", ct).ConfigureAwait(false);
        return cluster;
    }

    /// <summary>Waits until the server accepts connections; one that recovers from a crash does so some time after it was started.</summary>
    public async Task AcceptsAsync(CancellationToken ct)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await RunAsync("pg_isready", ["-q", "-h", "127.0.0.1", "-p", Text(Port), "-t", "5"], ct).ConfigureAwait(false);
                return;
            }
            catch (LaboratoryException) when (tries < 60)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, ct).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Makes a stand-by of this cluster, which follows it.</summary>
    /// <param name="folder">An existing folder of the caller's.</param>
    /// <param name="source">Where it gets the changes from: the port of this cluster, or of a proxy before it.</param>
    /// <param name="undo">Stops it in the end.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Cluster> CreateStandbyAsync(string folder, int source, Undo undo, CancellationToken ct)
    {
        var standby = Prepare(folder, _password, undo);
        await standby.OwnAsync(ct).ConfigureAwait(false);
        await AcceptsAsync(ct).ConfigureAwait(false);
        await RunAsync("pg_basebackup", ["-D", standby.Data, "-h", "127.0.0.1", "-p", Text(Port), "-U", "postgres", "-X", "stream", "-c", "fast", "--no-sync", "-C", "-S", "standby"], ct).ConfigureAwait(false);
        await File.AppendAllTextAsync(Path.Combine(standby.Data, "postgresql.auto.conf"), $"""

            primary_conninfo = 'host=127.0.0.1 port={source} user=postgres password={_password} application_name=standby'
            primary_slot_name = 'standby'
            synchronous_standby_names = ''
            """, ct).ConfigureAwait(false);
        await File.WriteAllTextAsync(Path.Combine(standby.Data, "standby.signal"), "", ct).ConfigureAwait(false);
        await standby.OwnAsync(ct).ConfigureAwait(false);
        await standby.StartAsync(ct).ConfigureAwait(false);
        return standby;
    }

    public Task StartAsync(CancellationToken ct)
        => RunAsync("pg_ctl", ["start", "-D", Data, "-o", $"-p {Port}", "-l", Path.Combine(_folder, "server.log"), "-w", "-s", "-t", "60"], ct);

    /// <summary>Stops it as a crash does: what was not written down is recovered at the next start.</summary>
    public Task CrashAsync(CancellationToken ct) => RunAsync("pg_ctl", ["stop", "-D", Data, "-m", "immediate", "-s"], ct);

    /// <summary>Removes what is left of a server that has crashed and doesn't come back.</summary>
    public void Remove() => Directory.Delete(_folder, recursive: true);

    /// <summary>Whether the server runs.</summary>
    public async Task<bool> RunsAsync(CancellationToken ct)
    {
        try
        {
            await RunAsync("pg_ctl", ["status", "-D", Data], ct).ConfigureAwait(false);
            return true;
        }
        catch (LaboratoryException)
        {
            return false;
        }
    }

    /// <summary>A stand-by becomes a server of its own.</summary>
    public Task PromoteAsync(CancellationToken ct) => RunAsync("pg_ctl", ["promote", "-D", Data, "-w", "-s", "-t", "60"], ct);

    public string Connect(string database, string options = "") => new NpgsqlConnectionStringBuilder(options)
    {
        Host = "127.0.0.1",
        Port = Port,
        Username = "postgres",
        Password = _password,
        Database = database,
        SslMode = SslMode.Disable,
        Timeout = 10,
    }.ConnectionString;

    /// <summary>Runs a statement on a connection of its own.</summary>
    public async Task<object?> ExecuteAsync(string sql, string database = "store", CancellationToken ct = default)
    {
        await using var connection = new NpgsqlConnection(Connect(database, $"Pooling=false;Application Name={OwnName}"));
        await OpenAsync(connection, ct).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(ct).ConfigureAwait(false);
    }

    /// <summary>Waits until a statement says true.</summary>
    public async Task UntilAsync(string sql, TimeSpan patience, CancellationToken ct)
    {
        var started = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        while (!(bool)(await ExecuteAsync(sql, ct: ct).ConfigureAwait(false))!)
        {
            if (TimeProvider.System.GetElapsedTime(started) > patience)
                throw new LaboratoryException($"'{sql}' was not true within {patience.TotalSeconds} s.");

            await timer.WaitForNextTickAsync(ct).ConfigureAwait(false);
        }
    }

    /// <summary>Runs one of the server's programs against the database.</summary>
    public Task ClientAsync(string program, IEnumerable<string> arguments, CancellationToken ct)
        => RunAsync(program, ["-h", "127.0.0.1", "-p", Text(Port), "-U", "postgres", .. arguments], ct);

    private static Cluster Prepare(string folder, string password, Undo undo)
    {
        var number = Interlocked.Increment(ref s_clusters);
        var own = Directory.CreateDirectory(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"cluster-{number}"))).FullName;
        var cluster = new Cluster(own, FreePort(), password);
        undo.With([.. Programs.Unprivileged, Path.Combine(Programs.PostgreSqlFolder, "pg_ctl"), "stop", "-D", cluster.Data, "-m", "immediate", "-s"]);
        return cluster;
    }

    /// <summary>Opens a connection, after a crash as soon as the server has recovered.</summary>
    private static async Task OpenAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var started = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        while (true)
        {
            try
            {
                await connection.OpenAsync(ct).ConfigureAwait(false);
                return;
            }
            catch (NpgsqlException) when (TimeProvider.System.GetElapsedTime(started) < RecoveryPatience)
            {
                await timer.WaitForNextTickAsync(ct).ConfigureAwait(false);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Gives the folder to the user that the server runs as.</summary>
    private Task OwnAsync(CancellationToken ct)
        => Programs.IsRoot ? Programs.RunAsync(["chown", "-R", "postgres:postgres", _folder], ct: ct) : Task.CompletedTask;

    private Task<string> RunAsync(string program, IEnumerable<string> arguments, CancellationToken ct)
        => Programs.RunAsync([.. Programs.Unprivileged, Path.Combine(Programs.PostgreSqlFolder, program), .. arguments], Environment, ct);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
