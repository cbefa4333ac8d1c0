namespace EventStore.EF.Errors;

/// <summary>
/// Marks exceptions of work during which nothing was sent that could have been written, such as opening a connection: the outcome of a
/// write that fails this way is known.
/// </summary>
internal static class WroteNothing
{
    private static readonly object Key = new();

    public static void Mark(Exception exception) => exception.Data[Key] = true;

    public static bool IsMarked(Exception exception)
    {
        for (var current = exception; current is not null; current = current.InnerException)
        {
            if (current.Data.Contains(Key))
                return true;
        }

        return false;
    }
}
