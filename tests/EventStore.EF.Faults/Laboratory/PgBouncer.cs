using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace EventStore.EF.Faults;

/// <summary>A PgBouncer in transaction mode before a cluster.</summary>
internal sealed class PgBouncer
{
    private readonly string _folder;
    private readonly int _port;
    private readonly Undo _undo;
    private Process? _process;
    private Cluster _server;

    private PgBouncer(string folder, int port, Cluster server, Undo undo) => (_folder, _port, _server, _undo) = (folder, port, server, undo);

    /// <summary>Whether the program is there; <c>apt-get install pgbouncer</c>.</summary>
    public static bool IsInstalled => Programs.Find("pgbouncer") is not null;

    /// <summary>To the server's database, through PgBouncer.</summary>
    public string ConnectionString => new NpgsqlConnectionStringBuilder(_server.ConnectionString) { Port = _port, NoResetOnClose = true }.ConnectionString;

    private string Settings => Path.Combine(_folder, "pgbouncer.ini");

    public static async Task<PgBouncer> StartAsync(string folder, Cluster server, Undo undo, CancellationToken ct)
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        var bouncer = new PgBouncer(Directory.CreateDirectory(Path.Combine(folder, "pgbouncer")).FullName, port, server, undo);
        await bouncer.PointToAsync(server, ct).ConfigureAwait(false);
        return bouncer;
    }

    /// <summary>Ends it as a crash does, and starts it again.</summary>
    public Task CrashAsync(CancellationToken ct) => PointToAsync(_server, ct);

    /// <summary>Starts it anew before a cluster.</summary>
    public async Task PointToAsync(Cluster server, CancellationToken ct)
    {
        _server = server;
        if (_process is not null)
        {
            PosixSignal.Kill(_process.Id);
            await _process.WaitForExitAsync(ct).ConfigureAwait(false);
            _process.Dispose();
        }

        var login = new NpgsqlConnectionStringBuilder(server.ConnectionString);
        await File.WriteAllTextAsync(Path.Combine(_folder, "users"), $"\"{login.Username}\" \"{login.Password}\"\n", ct).ConfigureAwait(false);
        await File.WriteAllTextAsync(Settings, $"""
            [databases]
            * = host=127.0.0.1 port={server.Port}

            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {_port}
            unix_socket_dir =
            auth_type = scram-sha-256
            auth_file = {Path.Combine(_folder, "users")}
            pool_mode = transaction
            max_client_conn = 500
            default_pool_size = 40
            ignore_startup_parameters = extra_float_digits
            server_login_retry = 1
            logfile = {Path.Combine(_folder, "pgbouncer.log")}
            """, ct).ConfigureAwait(false);
        if (Programs.IsRoot)
            await Programs.RunAsync(["chown", "-R", "postgres:postgres", _folder], ct: ct).ConfigureAwait(false);

        string[] command = [.. Programs.Unprivileged, Programs.Find("pgbouncer")!, "-q", Settings];
        _process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true })!;
        _undo.WithProcess(_process.Id, Settings);
        await ListensAsync(ct).ConfigureAwait(false);
    }

    private async Task ListensAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, _port, ct).ConfigureAwait(false);
                return;
            }
            catch (SocketException exception) when (_process!.HasExited || attempt > 500)
            {
                var log = await File.ReadAllTextAsync(Path.Combine(_folder, "pgbouncer.log"), ct).ConfigureAwait(false);
                throw new LaboratoryException(string.Create(CultureInfo.InvariantCulture, $"PgBouncer doesn't listen on port {_port}: {log}"), exception);
            }
            catch (SocketException)
            {
                await timer.WaitForNextTickAsync(ct).ConfigureAwait(false);
            }
        }
    }
}
