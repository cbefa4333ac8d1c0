using System.CommandLine;
using EventStore.EF.Faults;

var command = new RootCommand("Breaks processes, servers, networks and disks under the event store, and checks that nothing acknowledged is lost, skipped or doubled.")
{
    new RunCommand(), new PlantCommand(), new ListCommand(), new FuzzCommand(), new PgBouncerCommand(), new WorkerCommand(),
};

try
{
    // Servers, mounts and processes are put away before the end, also after Ctrl+C.
    return await command.Parse(args).InvokeAsync(new() { ProcessTerminationTimeout = TimeSpan.FromMinutes(1), EnableDefaultExceptionHandler = false });
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("Interrupted.");
    return 130;
}
catch (LaboratoryException exception)
{
    Console.Error.WriteLine($"The laboratory failed: {exception.Message}");
    return 3;
}
