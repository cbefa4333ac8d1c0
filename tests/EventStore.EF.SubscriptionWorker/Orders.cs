namespace EventStore.EF.SubscriptionWorker;

/// <summary>What the test says, and what is said to it.</summary>
internal static class Orders
{
    private static readonly Lock Saying = new();

    /// <summary>Says something.</summary>
    public static void Say(string line)
    {
        lock (Saying)
        {
            Console.Out.WriteLine(line);
            Console.Out.Flush();
        }
    }

    /// <summary>Carries out orders as they come. When the test is gone, so is this process.</summary>
    public static void Take(Func<string, Task> carryOut) => _ = Task.Run(async () =>
    {
        while (await Console.In.ReadLineAsync() is { } order)
        {
            try
            {
                await carryOut(order);
            }
            catch (Exception exception)
            {
                Say($"refused {exception.GetType().Name}");
            }
        }

        Environment.Exit(0);
    });
}
