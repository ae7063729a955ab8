"""JupyterLab as `rnn-course learn` starts it sends each message to the page at once, and keeps what widgets show.

Small messages are otherwise held back until the page has acknowledged the one before (Nagle's algorithm), and a widget
answers 40 ms later. Asked for by the name of a class, as jupyter_server provides for.
"""

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

from autograder.widget_state import keep_what_is_shown


class AtOnce(ZMQChannelsWebsocketConnection):
    """The connection of a page to its kernel, without delay."""

    def connect(self):
        self.websocket_handler.set_nodelay(True)
        return super().connect()


class Keeping(AsyncLargeFileManager):
    """The files of a learner; a notebook keeps the widgets that it shows."""

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        self.register_pre_save_hook(keep_what_is_shown)


config = get_config()  # noqa: F821 - known in such a file
config.ServerApp.kernel_websocket_connection_class = AtOnce
config.ServerApp.contents_manager_class = Keeping
load_subconfig("jupyter_nbconvert_config.py")  # noqa: F821 - for what is exported from a menu
