using System.CommandLine;
using System.Diagnostics;
using EventStore.EF.TestDatabases;
using Npgsql;

namespace EventStore.EF.Faults;

/// <summary><c>through-pgbouncer</c>: runs a command, such as a test suite, whose PostgreSQL is behind a PgBouncer.</summary>
internal sealed class PgBouncerCommand : Command
{
    private readonly Argument<string[]> _command = new("command") { Description = "The program and its arguments, after --.", Arity = ArgumentArity.OneOrMore };

    public PgBouncerCommand()
        : base("through-pgbouncer", $"Runs a command with {PostgreSqlServer.Variable} set to a temporary server behind a PgBouncer in transaction mode.")
    {
        Add(_command);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken ct)
    {
        if (!PgBouncer.IsInstalled)
            throw new LaboratoryException("There is no pgbouncer on PATH; install the package 'pgbouncer'.");

        var undo = new Undo();
        await using (undo.ConfigureAwait(false))
        {
            var folder = Directory.CreateTempSubdirectory("eventstore-pgbouncer-").FullName;
            undo.With("rm", "-rf", folder);
            await Programs.RunAsync(["chmod", "711", folder], ct: ct).ConfigureAwait(false);
            var cluster = await Cluster.CreateAsync(folder, undo, ct).ConfigureAwait(false);
            var bouncer = await PgBouncer.StartAsync(folder, cluster, undo, ct).ConfigureAwait(false);
            var words = parsed.GetRequiredValue(_command);
            using var process = Process.Start(new ProcessStartInfo(words[0], words[1..])
            {
                Environment =
                {
                    [PostgreSqlServer.Variable] = new NpgsqlConnectionStringBuilder(bouncer.ConnectionString) { Database = "postgres" }.ConnectionString,
                    [PostgreSqlServer.PoolVariable] = "transaction",
                },
            })!;
            try
            {
                await process.WaitForExitAsync(ct).ConfigureAwait(false);
                return process.ExitCode;
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }
        }
    }
}
