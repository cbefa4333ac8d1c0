namespace EventStore.EF.Errors;

/// <summary>An exception of the store's own that only wraps its cause: texts that are stored or logged name the cause instead.</summary>
internal interface IWrapperException;
