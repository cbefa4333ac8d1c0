namespace EventStore.EF;

/// <summary>The rules that names of streams and subscriptions share.</summary>
internal static class NameRules
{
    public static void Check(string value, string kind, int maxLength, string parameter)
    {
        if (string.IsNullOrEmpty(value))
            throw new ArgumentException($"A {kind} name has at least one character; this one is empty.", parameter);

        if (value.Length > maxLength)
            throw new ArgumentException($"A {kind} name has at most {maxLength} characters; this one has {value.Length}: '{value[..40]}…'.", parameter);

        for (var index = 0; index < value.Length; index++)
        {
            if (char.IsControl(value[index]))
                throw new ArgumentException($"A {kind} name has no control characters; this one has U+{(int)value[index]:X4} at index {index}.", parameter);
        }

        WellFormed.Check(value, $"A {kind} name", parameter);
    }
}
